import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ask, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { buildWriter, cutoverOf, roomy } from './hold-fixture.ts'
import { freePort, startAnswering, startHanging, startJson, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

async function held() {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  return { legacy, service, edge, cutover: cutoverOf(edge) }
}

test('a client that leaves while it is held is dropped, counted, and never sent', async () => {
  const { legacy, service, edge, cutover } = await held()
  await cutover.hold(1)
  const bodies = ['', '{"name":"whole"}']
  for (const body of bodies) {
    const wire = await openWire(edge.address)
    wire.send(`PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await cutover.holds(1)
    wire.socket.destroy()
    await cutover.holds(0)
  }
  await cutover.owner('service', 1)
  expect(await cutover.release('service', 1)).toMatchObject({ held: 2, released: 0, refused: 0, left: 2 })
  expect([legacy.seen, service.seen]).toEqual([[], []])
  expect(edge.lines.filter(({ left }) => left === 'while held')).toHaveLength(2)
  expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_hold_left_total{capability="users"} 2')
})

test('the body of a held request is not read: back-pressure keeps it with the client, and all of it arrives later', async () => {
  let bytes = 0
  const legacy = await startUpstream(async (request, response) => {
    for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length
    response.end('{}')
  })
  const edge = await startEdge({ legacy: legacy.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1)
  const wire = await openWire(edge.address)
  const size = 64 * 1024 * 1024
  wire.send(
    `PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${size - 100_000}\r\n\r\n`,
  )
  await cutover.holds(1)
  wire.send(Buffer.alloc(size - 100_000))
  let left = wire.socket.writableLength
  await eventually(async () => {
    const before = left
    await new Promise((resolve) => setTimeout(resolve, 50))
    left = wire.socket.writableLength
    return left === before && left > 0
  })
  // The kernel's buffers took some; the edge keeps no more than a stream's worth.
  expect(wire.socket.bytesWritten - left).toBeLessThan(size / 2)
  await cutover.release('legacy', 1)
  expect(await wire.closed()).toMatch(/^HTTP\/1\.1 200 /)
  expect(bytes).toBe(size - 100_000)
}, 20_000)

test('a client that waits for 100 Continue gets it when the hold lets go, and not before', async () => {
  const { service, edge, cutover } = await held()
  await cutover.hold(1)
  const wire = await openWire(edge.address)
  wire.send(
    'PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  )
  await cutover.holds(1)
  expect(wire.received()).toBe('')
  await cutover.owner('service', 1)
  await cutover.release('service', 1)
  await eventually(() => wire.received().includes('100 Continue'))
  wire.send('{}')
  expect(await wire.closed()).toMatch(/HTTP\/1\.1 200 /)
  expect(service.seen[0]?.body).toBe('{}')
})

test('an edge that stops answers 503 to what it holds, with its draining said, and cuts nothing', async () => {
  const { legacy, service, edge, cutover } = await held()
  await cutover.hold(1)
  const written = edge.send('PUT', '/api/customers/7', { body: '{}' })
  await cutover.holds(1)
  const closing = edge.edge.close()
  expect(await written).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } })
  expect(JSON.parse((await written).body)).toMatchObject({ code: 'draining' })
  expect(await closing).toEqual({ cut: [], tunnels: 0 })
  expect([legacy.seen, service.seen]).toEqual([[], []])
  expect(edge.lines.find(({ msg }) => msg === 'hold ends')).toMatchObject({ how: 'edge stops', held: 1, refused: 1 })
})

test('an edge that is killed during a hold takes what it held with it: no upstream ever sees it, and the next edge serves', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const stateDir = await mkdtemp(join(tmpdir(), 'banyan-killed-'))
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }))
  await writeFile(join(stateDir, 'routes.yaml'), routesOf({ legacy: legacy.url, service: 'http://127.0.0.1:1' }))
  const [port, adminPort] = [await freePort(), await freePort()]
  const first = startProcess({ stateDir, port, adminPort })
  const address = `http://127.0.0.1:${port}`
  await eventually(() => ask(`${address}/x`, { method: 'GET', headers: {}, body: undefined }), 15_000)
  const call = await adminOf(stateDir, adminPort)
  await call('/hold', { capability: 'users', epoch: 1, ...roomy })
  const before = legacy.seen.length
  const written = buildWriter(address)('request-held')
  await eventually(async () => (await call('/status')).includes('"held":1'))
  first.kill('SIGKILL')
  expect(await written).toMatchObject({ status: 0 })
  await once(first, 'exit')
  startProcess({ stateDir, port, adminPort })
  const again = buildWriter(address)
  await eventually(async () => (await again('request-again')).status === 200, 15_000)
  expect(legacy.seen.slice(before).map(({ headers }) => headers['x-request-id'])).toEqual(['request-again'])
}, 40_000)

interface Place {
  readonly stateDir: string
  readonly port: number
  readonly adminPort: number
}

function startProcess({ stateDir, port, adminPort }: Place): ChildProcess {
  const main = new URL('../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', main], {
    env: {
      ...process.env,
      ...{ EDGE_PORT: String(port), ADMIN_PORT: String(adminPort), BANYAN_STATE: stateDir },
      EDGE_ROUTES: join(stateDir, 'routes.yaml'),
    },
    stdio: 'ignore',
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function adminOf(stateDir: string, adminPort: number) {
  const token = (await readFile(join(stateDir, 'admin-token'), 'utf8')).trim()
  return async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const method = body === undefined ? 'GET' : 'POST'
    const url = `http://127.0.0.1:${adminPort}${path}`
    return (await ask(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })).body
  }
}

test('a hold of an epoch that was released, or is older than the one that is on, is refused; a release again gives the same report', async () => {
  const { edge, cutover } = await held()
  expect(await cutover.hold(3)).toEqual({ status: 200, body: { inFlight: 0 } })
  expect(await cutover.hold(2)).toMatchObject({ status: 409, body: { code: 'hold-stale' } })
  expect(await cutover.hold(3, { maxHoldMs: 30_000 })).toMatchObject({ status: 200 })
  expect((await cutover.status()).hold?.leftMs).toBeGreaterThan(25_000)
  const written = edge.send('DELETE', '/api/customers/7')
  await cutover.holds(1)
  // An older release, late: it ends no hold of a newer epoch.
  expect(await cutover.release('legacy', 2)).toEqual({ held: 0, released: 0, refused: 0, left: 0, waitsMs: [] })
  await cutover.holds(1)
  const report = await cutover.release('legacy', 3)
  expect(report).toMatchObject({ held: 1, released: 1 })
  expect(await written).toMatchObject({ status: 200 })
  expect(await cutover.release('legacy', 3)).toEqual(report)
  expect(await cutover.hold(3)).toMatchObject({ status: 409, body: { code: 'hold-stale' } })
  // A release of an epoch that never held: a hold that was under way comes too late.
  await cutover.release('legacy', 5)
  expect(await cutover.hold(5)).toMatchObject({ status: 409, body: { code: 'hold-stale' } })
  expect(await cutover.hold(6)).toMatchObject({ status: 200 })
})

test('a hold stops neither reads, nor other capabilities, nor plain routes; and a method that no route names is a write', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const routes = routesOf({ legacy: legacy.url, service: 'http://127.0.0.1:1' })
    .replace('routes:\n', '  orders: { legacy: monolith, service: users }\nroutes:\n')
    .replace(
      '  - name: everything-else',
      '  - { name: orders.write, capability: orders, match: { path: /orders/* }, serve: owner }\n  - name: everything-else',
    )
  const edge = await startEdge({ legacy: legacy.url, routes })
  const cutover = cutoverOf(edge)
  await cutover.hold(1)
  const stuck = edge.send('PROPPATCH', '/api/customers/7')
  await cutover.holds(1)
  expect(await edge.get('/api/customers/7')).toMatchObject({ status: 200 })
  expect(await edge.send('OPTIONS', '/api/customers/7')).toMatchObject({ status: 200 })
  expect(await edge.send('POST', '/orders', { body: '{}' })).toMatchObject({ status: 200 })
  expect(await edge.get('/orders/7')).toMatchObject({ status: 200 })
  expect(await edge.send('POST', '/anything', { body: '{}' })).toMatchObject({ status: 200 })
  await cutover.holds(1)
  await cutover.release('legacy', 1)
  expect(await stuck).toMatchObject({ status: 200 })
})

test('a WebSocket to the owner of a capability is not opened while it is held, for messages cannot be held', async () => {
  const legacy = await startJson({})
  const routes = routesOf({ legacy: legacy.url, service: 'http://127.0.0.1:1', serve: 'owner' })
  const edge = await startEdge({ legacy: legacy.url, routes })
  const cutover = cutoverOf(edge)
  await cutover.hold(1)
  const shake = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const wire = await openWire(edge.address)
  wire.send(shake('/api/customers/7'))
  expect(await wire.closed()).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1[\s\S]*"hold-no-upgrade"/)
  const other = await openWire(edge.address)
  other.send(shake('/chat'))
  await eventually(() => legacy.seen.length === 1)
  expect(legacy.seen[0]?.target).toBe('/chat')
})

test('drained waits for the writes that began before the hold, also for one whose client has left while its upstream executes it', async () => {
  const answers: (() => void)[] = []
  const legacy = await startAnswering((_seen, response) => {
    answers.push(() => void response.end('{}'))
  })
  const edge = await startEdge({ legacy: legacy.url })
  const cutover = cutoverOf(edge)
  const wires = [await openWire(edge.address), await openWire(edge.address)]
  for (const wire of wires) {
    wire.send('PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}')
  }
  await eventually(() => answers.length === 2)
  for (const { socket } of wires) socket.destroy()
  expect(await cutover.hold(1)).toEqual({ status: 200, body: { inFlight: 2 } })
  expect(await cutover.drained(1, 50)).toEqual({ status: 200, body: { drained: false, inFlight: 2 } })
  const drained = cutover.drained(1, 5_000)
  for (const answer of answers) answer()
  expect(await drained).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
  expect(await cutover.drained(2, 50)).toMatchObject({ body: { drained: false } })
})

test('a write whose client leaves in the middle of its body is cut and over: its upstream never has it whole', async () => {
  const legacy = await startUpstream((request) => void request.resume().on('error', () => undefined))
  const edge = await startEdge({ legacy: legacy.url })
  const cutover = cutoverOf(edge)
  const wire = await openWire(edge.address)
  wire.send('PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n{')
  await eventually(async () => (await edge.admin('GET', '/metrics')).body.includes('banyan_requests_in_flight 1'))
  wire.socket.destroy()
  await eventually(async () => (await edge.admin('GET', '/metrics')).body.includes('banyan_requests_in_flight 0'))
  expect(await cutover.hold(1)).toEqual({ status: 200, body: { inFlight: 0 } })
})

test('fenced is refused while a write that was let past the bound is in flight: it would run into the fence', async () => {
  const legacy = await startHanging()
  const edge = await startEdge({ legacy: legacy.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1, { maxRequests: 0 })
  const past = edge.send('DELETE', '/api/customers/7').catch(() => undefined)
  await eventually(() => legacy.connections() === 1)
  expect(await cutover.drained(1, 50)).toEqual({ status: 200, body: { drained: true, inFlight: 0 } })
  expect(await cutover.fenced(1)).toMatchObject({ status: 409, body: { code: 'hold-not-drained' } })
  await legacy.stop()
  await past
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: true } })
  // From now on nothing goes to the old owner.
  expect(await edge.send('DELETE', '/api/customers/7')).toMatchObject({ status: 503 })
})

test('status, log and metrics tell of a hold with numbers', async () => {
  const { edge, cutover } = await held()
  await cutover.hold(4, { maxHoldMs: 9_000 })
  const written = edge.send('PUT', '/api/customers/7', { body: 'x'.repeat(1_000) })
  await cutover.holds(1)
  const { hold } = await cutover.status()
  expect(hold).toMatchObject({ epoch: 4, phase: 'draining', held: 1 })
  expect(hold?.heldBytes).toBeGreaterThan(1_000)
  expect(hold?.leftMs).toBeGreaterThan(5_000)
  const metrics = (await edge.admin('GET', '/metrics')).body
  expect(metrics).toContain('banyan_hold_waiting{capability="users"} 1')
  expect(metrics).toContain('banyan_hold_requests_total{capability="users"} 1')
  await cutover.fenced(4)
  await cutover.release('legacy', 4)
  await written
  expect(await cutover.status()).not.toHaveProperty('hold')
  expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_hold_seconds_count{capability="users"} 1')
  const said = edge.lines.filter(({ msg }) => String(msg).startsWith('hold '))
  expect(said).toMatchObject([
    { msg: 'hold begins', capability: 'users', epoch: 4, maxHoldMs: 9_000, inFlight: 0 },
    { msg: 'hold fenced', capability: 'users', epoch: 4, held: 1, inFlight: 0 },
    { msg: 'hold ends', how: 'released', epoch: 4, held: 1, released: 1, refused: 0, left: 0 },
  ])
  expect(edge.lines.find(({ heldMs }) => heldMs !== undefined)).toMatchObject({ method: 'PUT', status: 200 })
})

test('bodies of the calls are checked, with the nearest right word', async () => {
  const { edge } = await held()
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['/hold', { capability: 'uesrs', epoch: 1, ...roomy }, /Did you mean \\"users\\"/],
    ['/hold', { capability: 'users', epoch: 0, ...roomy }, /epoch 0/],
    ['/hold', { capability: 'users', epoch: 1.5, ...roomy }, /whole number/],
    ['/hold', { capability: 'users', epoch: 1, ...roomy, maxHoldMs: 60_001 }, /maxHoldMs/],
    ['/hold', { capability: 'users', epoch: 1, ...roomy, maxHoldMs: 0 }, /maxHoldMs/],
    ['/hold', { capability: 'users', epoch: 1, ...roomy, maxBytes: undefined }, /maxBytes/],
    ['/drained', { capability: 'users', epoch: 1, withinMs: 10_001 }, /withinMs/],
    ['/fenced', { capability: 'users' }, /epoch/],
    ['/owner', { capability: 'users', epoch: 1, owner: 'moving' }, /legacy or service/],
    ['/release', { capability: 'users', epoch: 1 }, /legacy or service/],
    ['/applied', { capability: 'users', from: 'both' }, /legacy or service/],
  ]
  for (const [path, body, problem] of wrong) {
    expect(await edge.admin('POST', path, body), path).toMatchObject({
      status: 400,
      body: expect.stringMatching(problem),
    })
  }
})
