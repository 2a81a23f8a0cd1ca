import { rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { testCertificate } from './test-certificate.ts'
import { freePort, startAnswering, startBytes, startUpstream, type TestUpstream } from './upstream.ts'
import { exchangeBytes, openWire } from './wire.ts'

async function echo(): Promise<TestUpstream & { heads: Record<string, unknown>[] }> {
  const upstream = await startUpstream((_request, response) => void response.end('plain'))
  const heads: Record<string, unknown>[] = []
  serveEcho(upstream.server, heads)
  return { ...upstream, heads }
}

function serveEcho(server: Server, heads: Record<string, unknown>[]): void {
  const sockets = new WebSocketServer({ server, perMessageDeflate: true })
  sockets.on('connection', (socket, request) => {
    heads.push({ url: request.url, ...request.headers })
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  onTestFinished(() => void sockets.close())
}

function open(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket)).once('error', reject)
  })
}

const handshake = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`

test('a WebSocket passes through, by the route table, with the headers of the edge', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  const socket = await open(`${edge.address.replace('http', 'ws')}/chat?room=1`, { 'x-user-id': 'root', 'x-kept': '1' })
  const received: string[] = []
  socket.on('message', (data) => received.push(String(data)))
  for (const text of ['hello', 'x'.repeat(100_000)]) socket.send(text)
  await eventually(() => received.length === 2)
  expect(received[1]).toHaveLength(100_000)
  expect(legacy.heads[0]).toMatchObject({ url: '/chat?room=1', 'x-kept': '1', 'x-forwarded-for': '127.0.0.1' })
  expect(legacy.heads[0]).not.toHaveProperty('x-user-id')
  expect(edge.lines.find((line) => line.status === 101)).toMatchObject({
    route: 'everything-else',
    upstream: 'monolith',
  })
  const closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)))
  socket.close(1000)
  expect(await closed).toBe(1000)
  await eventually(() => legacy.connections() === 0)
})

test('a WebSocket to the owner of a capability ends when the owner moves, so that its client connects to the new one', async () => {
  const [legacy, service] = [await echo(), await echo()]
  const routes = routesOf({ legacy: legacy.url, service: service.url, serve: 'owner' })
  const edge = await startEdge({ legacy: legacy.url, routes })
  const url = edge.address.replace('http', 'ws')
  const [owned, plain] = [await open(`${url}/api/customers/7`), await open(`${url}/chat`)]
  const closed = new Promise((resolve) => owned.once('close', resolve))
  await edge.admin('POST', '/owner', { capability: 'users', owner: 'service', epoch: 1 })
  await closed
  await open(`${url}/api/customers/7`)
  expect([legacy.heads.length, service.heads.length]).toEqual([2, 1])
  expect(plain.readyState).toBe(WebSocket.OPEN)
})

test('a WebSocket whose handshake is under way while the owner moves is not opened to the old one', async () => {
  const legacy = await startUpstream((_request, response) => void response.end())
  const sockets = new WebSocketServer({ noServer: true })
  const waiting: (() => void)[] = []
  legacy.server.on('upgrade', (request, socket, head) => {
    waiting.push(() => sockets.handleUpgrade(request, socket, head, () => undefined))
  })
  const service = await echo()
  const routes = routesOf({ legacy: legacy.url, service: service.url, serve: 'owner' })
  const edge = await startEdge({ legacy: legacy.url, routes })
  const wire = await openWire(edge.address)
  wire.send(handshake('/api/customers/7'))
  await eventually(() => waiting.length === 1)
  await edge.admin('POST', '/owner', { capability: 'users', owner: 'service', epoch: 1 })
  waiting[0]?.()
  expect(await wire.closed()).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1[\s\S]*hold-no-upgrade/)
  await eventually(() => legacy.connections() === 0)
  await open(`${edge.address.replace('http', 'ws')}/api/customers/7`)
  expect(service.heads).toHaveLength(1)
})

const fragile = (url: string, more = '') =>
  `version: 1
upstreams: { monolith: { url: "${url}", retry: off, breaker: { volume: 3, failures: 50%, window: 1m, open: 200ms } ${more} } }
routes: [{ name: everything-else, match: { path: /* }, upstream: monolith }]
`

test('handshakes that fail open the breaker of their upstream, an open one stops them, and one that succeeds closes it', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url, routes: fragile(legacy.url) })
  const state = async () => (await edge.status()).upstreams[0]?.policies?.breaker
  const shake = () => exchangeBytes(edge.address, handshake('/chat'))
  const { port } = legacy
  await legacy.stop()
  for (let n = 0; n < 3; n++) expect(await shake()).toMatch(/^HTTP\/1\.1 502 /)
  expect(await state()).toMatchObject({ state: 'open', failed: 3 })
  const stopped = await shake()
  expect(stopped).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1[\s\S]*upstream-breaker-open/)
  expect(await edge.get('/')).toMatchObject({ status: 503 })

  const again = await startUpstream((_request, response) => void response.end('plain'), port)
  serveEcho(again.server, [])
  await eventually(async () => (await state())?.leftMs === 0)
  await open(edge.address.replace('http', 'ws'))
  expect(await state()).toMatchObject({ state: 'closed' })
  expect((await edge.status()).upstreams[0]?.lastError).toBeUndefined()
  expect(edge.lines.map(({ msg }) => msg)).toContain('upstream answers again')
})

test('a client that leaves within its handshake gives the one try of a breaker back', async () => {
  let asked = 0
  const silent = await startBytes((socket) => void socket.once('data', () => (asked += 1)))
  const edge = await startEdge({ legacy: silent.url, routes: fragile(silent.url, ', timeout: 100ms') })
  const state = async () => (await edge.status()).upstreams[0]?.policies?.breaker
  for (let n = 0; n < 3; n++) await exchangeBytes(edge.address, handshake('/chat'))
  await eventually(async () => (await state())?.leftMs === 0)
  await edge.flip(fragile(silent.url, ', timeout: 1m'))
  const wire = await openWire(edge.address)
  wire.send(handshake('/chat'))
  await eventually(async () => (await state())?.state === 'half-open' && asked === 4)
  expect(await exchangeBytes(edge.address, handshake('/chat'))).toContain('upstream-breaker-open')
  wire.socket.destroy()
  await eventually(async () => {
    const next = await openWire(edge.address)
    next.send(handshake('/chat'))
    return await Promise.race([next.closed().then(() => false), eventually(() => asked === 5, 1_000)])
  })
})

test('a client that leaves within its handshake, orderly or not, takes the connection to the upstream with it', async () => {
  let open = 0
  const silent = await startBytes((socket) => {
    open += 1
    socket.resume().on('close', () => (open -= 1))
  })
  const edge = await startEdge({ legacy: silent.url })
  const offer = handshake('/chat').replace('websocket', 'h2c')
  const leaves = ['end', 'destroy', 'resetAndDestroy'] as const
  for (const [bytes, leave] of leaves.flatMap((each) => [
    [handshake('/chat'), each] as const,
    [offer, each] as const,
  ])) {
    const wire = await openWire(edge.address)
    wire.send(bytes)
    await eventually(() => open === 1)
    wire.socket[leave]()
    await eventually(() => open === 0)
  }
  await eventually(() => edge.lines.filter(({ status }) => status === 499).length === 6)
  expect(edge.lines.filter(({ status }) => status === 499)).toMatchObject(
    Array.from({ length: 6 }, () => ({ fault: 'client-gone', route: 'everything-else' })),
  )
})

test('a client that sent more than its handshake is let go when its upstream is down', async () => {
  const edge = await startEdge({ legacy: `http://127.0.0.1:${await freePort()}` })
  for (let n = 0; n < 5; n++) {
    const wire = await openWire(edge.address)
    wire.send(handshake('/chat') + 'early'.repeat(n * 10_000))
    expect(await wire.closed()).toMatch(/^HTTP\/1\.1 502 /)
  }
  await eventually(async () => (await edge.status()).limits?.connections === 0)
})

test('an upstream whose authority file has gone fails the handshake, and not the edge', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  const ca = join(edge.stateDir, 'ca.pem')
  await writeFile(ca, testCertificate)
  await edge.flip(fragile(legacy.url.replace('http:', 'https:'), `, ca: ${ca}`))
  await rm(ca)
  expect(await exchangeBytes(edge.address, handshake('/chat'))).toMatch(/^HTTP\/1\.1 500 [\s\S]*unexpected/)
  expect(await edge.get('/')).toMatchObject({ status: 502 })
})

test('a client that vanishes takes the upstream connection of its WebSocket with it, and the reverse', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  const first = await open(edge.address.replace('http', 'ws'))
  first.terminate()
  await eventually(() => legacy.connections() === 0)
  const second = await open(edge.address.replace('http', 'ws'))
  const closed = new Promise((resolve) => second.once('close', resolve))
  await legacy.stop()
  await closed
})

test('a handshake takes the same reading as any request: ambiguous ones are refused', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  expect(await exchangeBytes(edge.address, handshake('/a/%2e%2e/b'))).toMatch(/^HTTP\/1\.1 400 /)
  expect(await exchangeBytes(edge.address, handshake('/a', 'Host: b\r\n'))).toMatch(/^HTTP\/1\.1 400 /)
  expect(legacy.connections()).toBe(0)
})

test('an upstream that refuses the handshake is heard, whole, with its chunks in order', async () => {
  const legacy = await startAnswering((_seen, response) => {
    response.writeHead(403, { 'content-type': 'text/plain' })
    response.write('not ')
    response.end('you')
  })
  const edge = await startEdge({ legacy: legacy.url })
  const answer = await exchangeBytes(edge.address, handshake('/chat'))
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  expect(answer).toContain('Connection: close')
  expect(answer).toMatch(/4\r\nnot \r\n3\r\nyou\r\n0\r\n\r\n$|not you$/)
})

test('an upstream that does not answer a handshake in time is told apart from one that is not there', async () => {
  const silent = await startBytes((socket) => void socket.resume())
  const edge = await startEdge({ legacy: silent.url, routes: fragile(silent.url, ', timeout: 100ms') })
  expect(await exchangeBytes(edge.address, handshake('/chat'))).toMatch(/^HTTP\/1\.1 504 [\s\S]*upstream-timeout/)
  expect((await edge.status()).upstreams[0]?.lastError).toBe('upstream-timeout: no answer in time')
})

test('an upstream that is down, or that answers another handshake, opens no tunnel', async () => {
  const down = await startEdge({ legacy: 'http://127.0.0.1:9' })
  expect(await exchangeBytes(down.address, handshake('/chat'))).toMatch(/^HTTP\/1\.1 502 /)
  const planted = await startBytes((socket) => {
    socket.once('data', () =>
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\nplanted',
      ),
    )
  })
  const edge = await startEdge({ legacy: planted.url })
  const answer = await exchangeBytes(edge.address, handshake('/chat'))
  expect(answer).toMatch(/^HTTP\/1\.1 502 /)
  expect(answer).not.toContain('planted')
})

test('an offer of another protocol is answered as HTTP/1.1; one with a body is refused', async () => {
  const legacy = await startAnswering((_seen, response) => void response.end('plain'))
  const edge = await startEdge({ legacy: legacy.url })
  const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
  const answer = await exchangeBytes(edge.address, `GET /x HTTP/1.1\r\nHost: a\r\n${h2c}\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer.endsWith('plain')).toBe(true)
  expect(legacy.seen[0]?.headers).not.toHaveProperty('upgrade')
  expect(legacy.seen[0]?.headers).not.toHaveProperty('http2-settings')
  const withBody = await exchangeBytes(
    edge.address,
    `POST /x HTTP/1.1\r\nHost: a\r\n${h2c}Content-Length: 4\r\n\r\nbody`,
  )
  expect(withBody).toMatch(/^HTTP\/1\.1 400 /)
  expect(legacy.seen).toHaveLength(1)
})

test('bytes that follow the handshake at once reach the upstream', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  const wire = await openWire(edge.address)
  // A masked text frame "hi" (RFC 6455, section 5.2) with a mask of zeros.
  wire.send(Buffer.concat([Buffer.from(handshake('/chat')), Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])]))
  await eventually(() => wire.received().endsWith('\x81\x02hi'))
})

test('a close of the edge ends its WebSockets', async () => {
  const legacy = await echo()
  const edge = await startEdge({ legacy: legacy.url })
  const socket = await open(edge.address.replace('http', 'ws'))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await edge.edge.close()
  await closed
})
