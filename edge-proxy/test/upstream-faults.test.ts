import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startBytes, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** An upstream whose connections end like this after the first bytes of a request. */
function startEnding(end: (socket: Socket) => void) {
  return startBytes((socket) => void socket.once('data', () => end(socket)))
}

test('an upstream that refuses is 502 and named; nothing of the request was sent', async () => {
  const edge = await startEdge({ legacy: `http://127.0.0.1:${await freePort()}` })
  expect(await edge.get('/')).toMatchObject({ status: 502, body: /upstream-unreachable.*nothing was sent/ })
})

test.each([
  ['before its answer', ''],
  ['within the status line', 'HTTP/1.1 20'],
  ['within the header lines', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ['right before the end of the head', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r'],
])('an upstream that resets %s is 502, and the client learns it from a whole answer', async (_when, bytes) => {
  const legacy = await startEnding((socket) => {
    if (bytes === '') socket.resetAndDestroy()
    else socket.write(bytes, () => socket.resetAndDestroy())
  })
  const edge = await startEdge({ legacy: legacy.url })
  expect(await edge.get('/')).toMatchObject({ status: 502, body: /upstream-(closed|invalid)/ })
  expect(await edge.send('POST', '/', { body: 'x' })).toMatchObject({ status: 502 })
})

test.each([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789', '\r\n\r\n0123456789'],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n', '\r\na\r\n0123456789\r\n'],
  ['neither', 'HTTP/1.1 200 OK\r\n\r\n0123456789', '\r\na\r\n0123456789\r\n'],
])('an upstream that resets within a body with %s: the client sees no end', async (_how, bytes, seen) => {
  const legacy = await startEnding((socket) => {
    socket.write(bytes)
    setTimeout(() => socket.resetAndDestroy(), 60)
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send(get)
  expect(await wire.closed()).toMatch(new RegExp(`${seen}$`))
  await eventually(() => edge.lines.find(({ cutBy }) => cutBy === 'upstream'))
})

test('a body that ends with its connection is whole when the connection ends well', async () => {
  const legacy = await startEnding((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n0123456789'))
  const edge = await startEdge({ legacy: legacy.url })
  expect(await edge.get('/')).toMatchObject({ status: 200, body: '0123456789' })
})

test('bytes of any value pass through header values and bodies unchanged', async () => {
  const legacy = await startEnding((socket) =>
    socket.end(
      Buffer.from('HTTP/1.1 200 Fa\xe7on\r\nX-Odd: caf\xe9 \x80\r\nContent-Length: 3\r\n\r\n\0\xff\n', 'latin1'),
    ),
  )
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  wire.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const answer = await wire.closed()
  expect(answer).toMatch(/^HTTP\/1\.1 200 Fa\xe7on\r\n/)
  expect(answer).toContain('X-Odd: caf\xe9 \x80\r\n')
  expect(answer.endsWith('\0\xff\n')).toBe(true)
})

test('2 000 reads meet an upstream that closes its kept connections at random: none fails', async () => {
  const legacy = await startUpstream((request, response) => {
    response.end('ok')
    const turn = Math.floor(Math.random() * 8)
    if (turn === 0) response.once('close', () => request.socket.destroy())
    else if (turn === 1) setTimeout(() => request.socket.destroy(), Math.random() * 5)
  })
  const edge = await startEdge({ legacy: legacy.url })
  const wires = await Promise.all(Array.from({ length: 8 }, () => openWire(edge.address)))
  const answered = wires.map(async (wire) => {
    for (let n = 1; n <= 250; n++) {
      wire.send(get)
      await new Promise<void>((resolve) => {
        const look = () => {
          if (wire.received().split('HTTP/1.1 ').length > n) resolve()
          else wire.socket.once('data', look)
        }
        look()
      })
    }
    return (
      wire
        .received()
        .match(/HTTP\/1\.1 \d+/g)
        ?.filter((line) => line !== 'HTTP/1.1 200') ?? []
    )
  })
  expect((await Promise.all(answered)).flat()).toEqual([])
})

test('300 clients that leave within 1 MiB: the edge answers on, and its upstream connections do not grow', async () => {
  const big = Buffer.alloc(1024 * 1024)
  const legacy = await startUpstream((request, response) => void response.end(request.url === '/big' ? big : 'ok'))
  const edge = await startEdge({ legacy: legacy.url })
  for (let round = 0; round < 15; round++) {
    const leaving = Array.from({ length: 20 }, async () => {
      const wire = await openWire(edge.address)
      wire.socket.once('data', () => wire.socket.destroy())
      wire.send('GET /big HTTP/1.1\r\nHost: a\r\n\r\n')
      await wire.closed()
    })
    await Promise.all(leaving)
  }
  expect(await edge.get('/')).toMatchObject({ status: 200, body: 'ok' })
  await eventually(() => legacy.connections() <= 25)
})
