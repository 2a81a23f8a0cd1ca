import { expect, test } from 'vitest'
import { routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { cutoverOf } from './hold-fixture.ts'
import { startAnswering } from './upstream.ts'
import { openWire } from './wire.ts'

const put = (headers = 'Content-Length: 2\r\n', body = '{}', version = '1.1') =>
  `PUT /api/customers/7 HTTP/${version}\r\nHost: a\r\n${headers}\r\n${body}`
const get = 'GET /api/customers/7 HTTP/1.1\r\nHost: a\r\n\r\n'
const statuses = (received: string) => [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)

async function held() {
  const seen: string[] = []
  const arm = (name: string) =>
    startAnswering(({ method }, response) => {
      seen.push(`${name} ${method}`)
      response.end(`<${name} ${method}>`)
    })
  const [legacy, service] = [await arm('legacy'), await arm('service')]
  const edge = await startEdge({ legacy: legacy.url, service: service.url })
  return { seen, edge, cutover: cutoverOf(edge), wire: await openWire(edge.address) }
}

test('on one connection a held write is executed and answered before what was sent behind it', async () => {
  const { seen, cutover, wire } = await held()
  await cutover.hold(1)
  wire.send(put() + get + put())
  await cutover.holds(1)
  expect([seen, wire.received()]).toEqual([[], ''])
  await cutover.release('service', 1)
  await eventually(() => statuses(wire.received()).length === 3)
  expect(wire.received().match(/<.*?>/g)).toEqual(['<service PUT>', '<legacy GET>', '<service PUT>'])
  expect(seen).toEqual(['service PUT', 'legacy GET', 'service PUT'])
})

test('writes on one connection that wait until the bound are each answered 503, and the connection goes on', async () => {
  const { seen, cutover, wire } = await held()
  await cutover.hold(1, { maxHoldMs: 300 })
  await cutover.fenced(1)
  wire.send(put() + put())
  await eventually(() => statuses(wire.received()).length === 2)
  await cutover.release('legacy', 2)
  wire.send(put())
  await eventually(() => statuses(wire.received()).length === 3)
  expect(statuses(wire.received())).toEqual(['503', '503', '200'])
  expect(wire.received().match(/retry-after: 1/gi)).toHaveLength(2)
  expect(seen).toEqual(['legacy PUT'])
})

test('what a connection sends behind a write that the stopping edge refuses is not executed', async () => {
  const { seen, edge, cutover, wire } = await held()
  await cutover.hold(1)
  wire.send(put() + put())
  await cutover.holds(1)
  await edge.edge.close()
  expect(statuses(await wire.closed())[0]).toBe('503')
  expect(seen).toEqual([])
})

test('a client of HTTP/1.0 is held as any other: it is answered, or refused, and its connection ends', async () => {
  const { seen, edge, cutover, wire } = await held()
  await cutover.hold(1)
  wire.send(put(undefined, undefined, '1.0'))
  await cutover.holds(1)
  await cutover.release('service', 1)
  expect(statuses(await wire.closed())).toEqual(['200'])
  await cutover.hold(2, { maxHoldMs: 100 })
  await cutover.fenced(2)
  const late = await openWire(edge.address)
  late.send(put(undefined, undefined, '1.0'))
  expect(await late.closed()).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 1/)
  expect(seen).toEqual(['service PUT'])
})

test('a client that waits for 100 Continue until the bound is told 503 instead, at once, and keeps its body', async () => {
  const { seen, cutover, wire } = await held()
  await cutover.hold(1, { maxHoldMs: 200 })
  await cutover.fenced(1)
  wire.send(put('Expect: 100-continue\r\nContent-Length: 2000000\r\n', ''))
  await eventually(() => wire.received().includes('hold-past-bound'))
  expect(wire.received()).not.toContain('100 Continue')
  expect(await wire.closed()).toMatch(/^HTTP\/1\.1 503 /)
  expect(seen).toEqual([])
})

test('a body that trickles while its request is held makes nothing longer: the bound comes, and the connection ends', async () => {
  const { seen, cutover, wire } = await held()
  await cutover.hold(1, { maxHoldMs: 300 })
  await cutover.fenced(1)
  wire.send(put('Content-Length: 100\r\n', 'x'))
  const drip = setInterval(() => wire.send('x'), 50)
  try {
    expect(await wire.closed()).toMatch(/^HTTP\/1\.1 503 [\s\S]*Connection: close/)
  } finally {
    clearInterval(drip)
  }
  expect(seen).toEqual([])
})

test('writes of the clean API, which has a plain route to the service, are held, counted, and remembered as writes', async () => {
  const seen: string[] = []
  const arm = (name: string) =>
    startAnswering(({ method, target }, response) => {
      seen.push(`${name} ${method} ${target}`)
      response.end(name)
    })
  const [legacy, service] = [await arm('legacy'), await arm('service')]
  const clean = '  - { name: users.clean, match: { path: /users/* }, upstream: users }\n'
  const routes = routesOf({ legacy: legacy.url, service: service.url })
  const edge = await startEdge({ legacy: legacy.url, routes: routes.replace('routes:\n', `routes:\n${clean}`) })
  const cutover = cutoverOf(edge)
  const headers = { 'x-api-key': 'mine' }
  await cutover.hold(1)
  const written = edge.send('PATCH', '/users/7', { headers, body: '{}' })
  await cutover.holds(1)
  expect(await edge.get('/users/7')).toMatchObject({ status: 200 })
  expect(seen).toEqual(['service GET /users/7'])
  await cutover.owner('service', 1)
  await cutover.release('service', 1)
  expect(await written).toMatchObject({ status: 200, body: 'service' })
  // The route of reads says legacy, which does not have the write yet.
  expect((await edge.get('/api/customers/7', headers)).body).toBe('service')
  expect((await edge.get('/api/customers/7')).body).toBe('legacy')
})

test('two capabilities are held at once, and each is let go by its own release', async () => {
  const seen: string[] = []
  const legacy = await startAnswering(({ target }, response) => {
    seen.push(target)
    response.end('{}')
  })
  const orders = 'orders: { legacy: monolith, service: users, owner: legacy }'
  const route =
    '  - name: orders.write\n    capability: orders\n    match: { methods: [POST], path: /api/orders }\n    serve: owner\n'
  const routes = routesOf({ legacy: legacy.url })
    .replace('capabilities:\n', `capabilities:\n  ${orders}\n`)
    .replace('routes:\n', `routes:\n${route}`)
  const edge = await startEdge({ legacy: legacy.url, routes })
  const [users, ofOrders] = [cutoverOf(edge), cutoverOf(edge, 'orders')]
  await Promise.all([users.hold(1), ofOrders.hold(4)])
  const written = [edge.send('PUT', '/api/customers/7'), edge.send('POST', '/api/orders')]
  await Promise.all([users.holds(1), ofOrders.holds(1)])
  await ofOrders.release('legacy', 4)
  expect(await written[1]).toMatchObject({ status: 200 })
  expect([seen, (await users.status()).hold?.held]).toEqual([['/api/orders'], 1])
  await users.release('legacy', 1)
  expect(await written[0]).toMatchObject({ status: 200 })
})

test('law 9: a thousand held requests are a thousand small objects, and all go on', async () => {
  const { seen, edge, cutover } = await held()
  await cutover.hold(1)
  const body = 'x'.repeat(2_000)
  const wires = await Promise.all(Array.from({ length: 1_000 }, () => openWire(edge.address)))
  for (const wire of wires) wire.send(put(`Content-Length: ${body.length}\r\n`, body))
  await cutover.holds(1_000)
  const { heldBytes = 0 } = (await cutover.status()).hold ?? {}
  expect(heldBytes).toBeGreaterThan(2_000_000)
  expect(heldBytes).toBeLessThan(3_000_000)
  expect(await cutover.release('service', 1)).toMatchObject({ held: 1_000, released: 1_000, refused: 0 })
  await eventually(() => wires.every((wire) => statuses(wire.received())[0] === '200'))
  expect(seen).toHaveLength(1_000)
}, 20_000)
