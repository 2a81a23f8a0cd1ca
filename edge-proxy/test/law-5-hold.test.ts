import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { buildWriter, cutoverOf, executions, type Written } from './hold-fixture.ts'
import { startAnswering, startJson } from './upstream.ts'

const clients = 50

test('laws 2, 3 and 5: cutovers there and back under 50 clients fail no write, execute each exactly once, and never at an arm that does not own', async () => {
  const world = { owner: 'legacy' as 'legacy' | 'service' | 'moving', wrong: 0, over: false }
  const arm = (name: 'legacy' | 'service') =>
    startAnswering((seen, response) => {
      // The fence: who does not own refuses.
      if (seen.method === 'PUT' && world.owner !== name) world.wrong += 1
      response.statusCode = seen.method === 'PUT' && world.owner !== name ? 500 : 200
      setTimeout(() => response.end(JSON.stringify({ arm: name })), 2)
    })
  const [legacy, service] = [await arm('legacy'), await arm('service')]
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  const running = Array.from({ length: clients }, (_, client) => writeOnAndOn(edge.address, client, world))
  const reports = []
  for (let epoch = 1; epoch <= 6; epoch++) {
    const to = epoch % 2 === 1 ? 'service' : 'legacy'
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await cutover.hold(epoch)).toMatchObject({ status: 200 })
    expect(await cutover.drained(epoch, 5_000)).toMatchObject({ status: 200, body: { drained: true, inFlight: 0 } })
    expect(await cutover.fenced(epoch)).toEqual({ status: 200, body: { held: true } })
    world.owner = 'moving'
    await cutover.holds(clients)
    world.owner = to
    expect(await cutover.owner(to, epoch)).toMatchObject({ status: 200, body: { edited: true } })
    reports.push(await cutover.release(to, epoch))
  }
  world.over = true
  const written = (await Promise.all(running)).flat()

  expect(world.wrong).toBe(0)
  expect(written.filter(({ status }) => status !== 200)).toEqual([])
  expect(written.length).toBeGreaterThan(clients * 7)
  expect(executions(legacy, service)).toEqual(new Map(written.map(({ id }) => [id, 1])))
  for (const report of reports) {
    expect(report).toMatchObject({ held: clients, released: clients, refused: 0, left: 0 })
    expect(report.waitsMs).toHaveLength(clients)
    expect(report.waitsMs).toEqual(report.waitsMs.toSorted((a, b) => a - b))
  }
  // Law 2: the route table that decided for a held request is the one that was live when it went on.
  const lines = edge.lines.filter(({ msg, heldMs }) => msg === 'request' && heldMs !== undefined)
  expect(lines).toHaveLength(clients * 6)
  for (const { why, arm: served } of lines) expect(why).toBe(`serve: owner, which is ${served}`)
  expect((await edge.status()).capabilities[0]).not.toHaveProperty('hold')
})

async function writeOnAndOn(address: string, client: number, world: { over: boolean }): Promise<readonly Written[]> {
  const write = buildWriter(address)
  const written: Written[] = []
  for (let n = 0; !world.over; n++) written.push(await write(`client-${client}-${n}`))
  return written
}

test('law 5: held requests are let go in the order of their arrival', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const order: string[] = []
  const service = await startAnswering((seen, response) => {
    order.push(String(seen.headers['x-request-id']))
    response.end('{}')
  })
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1)
  const ids = Array.from({ length: 50 }, (_, n) => `request-${n}`)
  const written: Promise<Written>[] = []
  for (const [n, id] of ids.entries()) {
    written.push(buildWriter(edge.address)(id))
    await cutover.holds(n + 1)
  }
  await cutover.owner('service', 1)
  const report = await cutover.release('service', 1)
  expect((await Promise.all(written)).map(({ status }) => status)).toEqual(ids.map(() => 200))
  expect(order).toEqual(ids)
  expect(legacy.seen).toEqual([])
  // The first waited longest.
  expect(report.waitsMs).toHaveLength(50)
  expect(report.waitsMs.at(-1)).toBeGreaterThan(report.waitsMs[0] ?? 0)
})

test('law 5: a hold that runs out while it drains lets all go to the old owner, in order, and nothing fails', async () => {
  const order: string[] = []
  const legacy = await startAnswering((seen, response) => {
    order.push(String(seen.headers['x-request-id']))
    response.end('{}')
  })
  const service = await startJson({})
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1, { maxHoldMs: 400 })
  const written: Promise<Written>[] = []
  for (let n = 0; n < 5; n++) {
    written.push(buildWriter(edge.address)(`request-${n}`))
    await cutover.holds(n + 1)
  }
  expect((await Promise.all(written)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(order).toEqual(['request-0', 'request-1', 'request-2', 'request-3', 'request-4'])
  expect(service.seen).toEqual([])
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: false } })
  expect(await cutover.drained(1, 1_000)).toMatchObject({ status: 200, body: { drained: false } })
  expect(await buildWriter(edge.address)('request-after')).toMatchObject({ status: 200 })
  expect(await cutover.release('legacy', 1)).toMatchObject({ held: 5, released: 5, refused: 0, left: 0 })
})

test('law 5: a hold that runs out while fenced answers 503 with Retry-After, whole, and no upstream ever sees the write', async () => {
  const legacy = await startJson({})
  const service = await startJson({})
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1, { maxHoldMs: 500 })
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: true } })
  // One is larger than all buffers on its way: its client is still sending when the answer comes.
  const large = edge.send('POST', '/api/customers', { body: Buffer.alloc(3_000_000) })
  const small = edge.send('PUT', '/api/customers/7', { body: '{}', headers: { 'x-request-id': 'request-small' } })
  const bare = edge.send('DELETE', '/api/customers/7')
  for (const got of await Promise.all([large, small, bare])) {
    expect(got).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(got.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(got.body)).toMatchObject({ status: 503, code: 'hold-past-bound' })
  }
  // The fence is still on, so whoever comes now is refused at once; reads are not.
  expect(await edge.send('DELETE', '/api/customers/7')).toMatchObject({ status: 503 })
  expect((await cutover.status()).hold).toMatchObject({ epoch: 1, phase: 'fenced', held: 0, leftMs: 0 })
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: false } })
  expect([legacy.seen, service.seen]).toEqual([[], []])
  expect(await edge.get('/api/customers/7')).toMatchObject({ status: 200 })
  // A recovery takes it back under the next epoch, and is told what became of them.
  const report = await cutover.release('legacy', 2)
  expect(report).toMatchObject({ held: 4, released: 0, refused: 4, left: 0 })
  expect(await edge.send('DELETE', '/api/customers/7')).toMatchObject({ status: 200 })
  expect(edge.lines.find(({ id }) => id === 'request-small')).toMatchObject({ status: 503, refused: 'hold-past-bound' })
  const metrics = (await edge.admin('GET', '/metrics')).body
  expect(metrics).toContain('banyan_hold_refused_total{capability="users"} 4')
  expect(metrics).toContain('banyan_requests_refused_total{code="hold-past-bound"} 4')
})

test('law 5: the 503 reaches also a client that reads nothing until it has sent its whole body', async () => {
  const legacy = await startJson({})
  const edge = await startEdge({ legacy: legacy.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1, { maxHoldMs: 300 })
  await cutover.fenced(1)
  // Only a socket with a buffer of its own really stops to read when it is paused.
  let received = ''
  const onread = {
    buffer: Buffer.alloc(65_536),
    callback: (bytes: number, buffer: Uint8Array) => {
      received += Buffer.from(buffer.subarray(0, bytes)).toString('latin1')
      return true
    },
  }
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(edge.address).port), onread })
  onTestFinished(() => void socket.destroy())
  const errors: Error[] = []
  socket.on('error', (error) => errors.push(error))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.pause()
  socket.write('PUT /api/customers/7 HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n')
  socket.write(Buffer.alloc(3_000_000))
  await eventually(async () => (await cutover.status()).hold?.leftMs === 0)
  await eventually(() => socket.writableLength === 0)
  socket.resume()
  await closed
  expect(received).toMatch(/^HTTP\/1\.1 503 [\s\S]*"hold-past-bound"/)
  // A reset would take the answer with it on some systems.
  expect(errors).toEqual([])
  expect(legacy.seen).toEqual([])
})

test('law 9: past the bound of count or bytes the first goes to the old owner while draining, and the last is refused while fenced', async () => {
  const order: string[] = []
  const legacy = await startAnswering((seen, response) => {
    order.push(String(seen.headers['x-request-id']))
    response.end('{}')
  })
  const service = await startJson({})
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  const cutover = cutoverOf(edge)
  await cutover.hold(1, { maxRequests: 2, maxBytes: 10_000 })
  const written: Promise<Written>[] = []
  for (const [n, id] of ['request-a', 'request-b', 'request-c'].entries()) {
    written.push(buildWriter(edge.address)(id))
    await cutover.holds(Math.min(n + 1, 2))
  }
  await eventually(() => order.length === 1)
  // 9 000 bytes and the two that wait are too much; a chunked body counts as 64 KiB, so it can never be held here.
  written.push(buildWriter(edge.address)('request-big', 'x'.repeat(9_000)))
  await eventually(() => order.length >= 2)
  const chunked = edge.send('PUT', '/api/customers/7', {
    headers: { 'transfer-encoding': 'chunked', 'x-request-id': 'request-chunked' },
    body: 'y',
  })
  expect(await chunked).toMatchObject({ status: 200 })
  expect((await Promise.all(written)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(order).toEqual(['a', 'b', 'c', 'big', 'chunked'].map((id) => `request-${id}`))
  expect(await cutover.fenced(1)).toEqual({ status: 200, body: { held: true } })
  const first = buildWriter(edge.address)('first')
  const second = buildWriter(edge.address)('second')
  await cutover.holds(2)
  expect(await buildWriter(edge.address)('third')).toMatchObject({ status: 503 })
  await cutover.owner('service', 1)
  expect(await cutover.release('service', 1)).toMatchObject({ held: 8, released: 7, refused: 1, left: 0 })
  expect([await first, await second]).toMatchObject([{ status: 200 }, { status: 200 }])
  expect([order.length, service.seen.length]).toEqual([5, 2])
  expect(edge.lines.filter(({ msg }) => msg === 'hold is full')).toHaveLength(1)
})

test('the owner is edited in the file, byte for byte the rest stays, and a read-only capability is not held', async () => {
  const legacy = await startJson({})
  const text = `# kept\n${routesOf({ legacy: legacy.url, service: 'http://127.0.0.1:1' })}`
  const edge = await startEdge({ legacy: legacy.url, routes: text })
  const cutover = cutoverOf(edge)
  const { body } = await cutover.owner('service', 1)
  expect(await readFile(edge.file, 'utf8')).toBe(text.replace('owner: legacy', 'owner: service'))
  expect(body).toEqual({ revision: (await edge.status()).revision, edited: true })
  expect((await cutover.owner('service', 1)).body).toEqual({ ...body, edited: false })
})
