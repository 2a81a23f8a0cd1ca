import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startBytes, startUpstream } from './upstream.ts'
import { exchangeBytes, openWire } from './wire.ts'

const mebibyte = 1024 * 1024
const bodyMebibytes = 100

test('100 MiB up and 100 MiB down pass whole, at constant memory, as fast as the slower end takes them', async () => {
  const piece = randomBytes(mebibyte)
  const legacy = await startUpstream(async (request, response) => {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
    response.writeHead(200, { 'x-received': String(bytes), 'x-hash': hash.digest('hex') })
    for (let i = 0; i < bodyMebibytes; i++) {
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
    }
    response.end()
  })
  const edge = await startEdge({ legacy: legacy.url })
  const before = process.memoryUsage().rss
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss)
  }, 20)
  const expected = createHash('sha256')
  const got = createHash('sha256')
  let received = 0
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const upload = httpRequest(`${edge.address}/upload`, { method: 'POST', agent: false }, resolve)
    upload.on('error', reject)
    void (async () => {
      for (let i = 0; i < bodyMebibytes; i++) {
        expected.update(piece)
        if (!upload.write(piece)) await new Promise((go) => upload.once('drain', go))
      }
      upload.end()
    })()
  })
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    received += chunk.length
    got.update(chunk)
  }
  clearInterval(watch)
  const hash = expected.digest('hex')
  expect(answer.headers).toMatchObject({ 'x-received': String(bodyMebibytes * mebibyte), 'x-hash': hash })
  expect(received).toBe(bodyMebibytes * mebibyte)
  expect(got.digest('hex')).toBe(hash)
  // Client, edge and upstream share this process: all three together stay far below one body.
  expect((highest - before) / mebibyte).toBeLessThan(80)
}, 60_000)

test('a client that does not read holds the upstream back: the edge keeps little of the answer', async () => {
  let written = 0
  const legacy = await startUpstream((_request, response) => {
    const piece = Buffer.alloc(64 * 1024)
    const more = () => {
      while (written < 100 * mebibyte) {
        written += piece.length
        if (!response.write(piece)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.socket.pause()
  wire.send('GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
  let before = -1
  await eventually(async () => {
    if (written > 0 && written === before) return true
    before = written
    await new Promise((resolve) => setTimeout(resolve, 200))
    return false
  })
  // What the kernel's socket buffers take, and no more.
  expect(written).toBeLessThan(30 * mebibyte)
})

test.each([
  ['a length of 100 and 10 bytes', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789'],
  ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n'],
  ['a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n', 'zz\r\n'],
])('an upstream that cuts its answer (%s) is visibly cut for the client', async (_name, bytes, later = '') => {
  const serve = (socket: Socket) => {
    socket.write(bytes)
    setTimeout(() => socket.end(later), 100)
  }
  const legacy = await startBytes((socket) => void socket.on('data', () => serve(socket)))
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(edge.address, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(answer).toContain('HTTP/1.1 200')
  expect(answer).not.toContain('\r\n0\r\n\r\n')
  await eventually(() => edge.lines.find((line) => line.cutBy === 'upstream'))
  const [everything] = (await edge.status()).routes.filter(({ route }) => route === 'everything-else')
  expect(everything?.arms[0]).toMatchObject({ requests: 1, errors: 1 })
})

test.each([
  ['closes at once', (): string => ''],
  ['is no HTTP', () => '\x15\x03\x01\x00\x02\x02\x50'],
  ['has status 099', () => 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n'],
  ['has status 999', () => 'HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n'],
  ['switches protocols unasked', () => 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ['has two lengths', () => 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['has a broken chunk', () => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\nzz\r\n'],
  ['has both framings', () => 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
])('an upstream whose answer %s is 502, named, and the edge lives on', async (_name, bytes) => {
  const legacy = await startBytes((socket) => void socket.once('data', () => socket.end(bytes(), 'latin1')))
  const edge = await startEdge({ legacy: legacy.url })
  for (let i = 0; i < 2; i++) {
    expect(await edge.get('/')).toMatchObject({ status: 502, body: /monolith/ })
  }
})

test('an upstream that does not answer in time is 504, and its connection ends', async () => {
  const legacy = await startUpstream(() => undefined)
  const routes = `version: 1\nupstreams:\n  monolith: { url: ${legacy.url}, timeout: 200ms }\nroutes:\n  - { name: all, match: { path: /* }, upstream: monolith }\n`
  const edge = await startEdge({ legacy: legacy.url, routes })
  expect(await edge.get('/')).toMatchObject({ status: 504, body: /upstream-timeout/ })
  await eventually(() => legacy.connections() === 0)
})

test('clients that leave in the middle of a download take their upstream connections with them', async () => {
  // More than the kernel's socket buffers take.
  const big = Buffer.alloc(32 * mebibyte)
  const legacy = await startUpstream((_request, response) => void response.end(big))
  const edge = await startEdge({ legacy: legacy.url })
  for (let i = 0; i < 100; i++) {
    const wire = await openWire(edge.address)
    wire.socket.once('data', () => wire.socket.destroy())
    wire.send('GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
    await wire.closed()
  }
  await eventually(() => edge.lines.filter((line) => line.cutBy === 'client').length === 100)
  await eventually(() => legacy.connections() === 0)
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  const [everything] = (await edge.status()).routes.filter(({ route }) => route === 'everything-else')
  expect(everything?.arms[0]?.errors).toBe(0)
})

test('a client that leaves in the middle of an upload ends the upstream request, and nothing completes it', async () => {
  const seen = { whole: 0, aborted: 0 }
  const legacy = await startUpstream((request) => {
    request.resume()
    request.on('end', () => {
      seen.whole += 1
    })
    request.on('aborted', () => {
      seen.aborted += 1
    })
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf')
  await eventually(() => legacy.connections() === 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  wire.socket.destroy()
  await eventually(() => seen.aborted === 1)
  expect(seen.whole).toBe(0)
})

test('an answer before the end of the upload is forwarded, ends the connection, and its socket is not used again', async () => {
  const legacy = await startBytes((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig'))
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send(`POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n${'x'.repeat(1000)}`)
  const answer = await wire.closed()
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toContain('Connection: close')
  expect(answer.endsWith('big')).toBe(true)
})

test('an idle connection that the upstream closes at the moment of reuse is no error for GET, and no POST is sent twice', async () => {
  let posts = 0
  const legacy = await startUpstream((request, response) => {
    if (request.method === 'POST') posts += 1
    response.end('ok')
    setTimeout(() => request.socket.destroy(), 20)
  })
  const edge = await startEdge({ legacy: legacy.url })
  let failedPosts = 0
  for (let i = 0; i < 60; i++) {
    expect(await edge.get('/')).toMatchObject({ status: 200 })
    await new Promise((resolve) => setTimeout(resolve, 17 + (i % 5)))
    if (i % 3 === 0 && (await edge.send('POST', '/', { body: 'x' })).status !== 200) failedPosts += 1
  }
  expect(posts + failedPosts).toBe(20)
})

test('surplus bytes on an idle upstream connection never answer another request', async () => {
  const legacy = await startBytes((socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine')
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nplants'), 10)
    })
  })
  const edge = await startEdge({ legacy: legacy.url })
  for (let i = 0; i < 10; i++) {
    expect(await edge.get('/')).toMatchObject({ body: 'mine' })
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
})
