import { expect, test } from 'vitest'
import { nobody } from '../src/identity/identify.ts'
import { type EdgeWanted, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startAnswering, startHanging, startJson, startUpstream } from './upstream.ts'
import { exchangeBytes, openWire } from './wire.ts'

async function world(wanted: { top?: string; route?: string } = {}, options: EdgeWanted['options'] = {}) {
  const legacy = await startAnswering((_seen, response) => void response.end('ok'))
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, wanted), options })
  return { legacy, edge }
}

/** A clock that stands still, so that nothing refills while the machine is busy. */
const still = { now: () => 1_700_000_000_000, monotonic: () => 1_000, sleep: () => Promise.resolve() }

test('a client that has used up its rate is told so with 429, when to come back, and what its quota is', async () => {
  const { legacy, edge } = await world({ route: 'rate: { requests: 2, per: 1m }' }, { clock: still })
  expect((await edge.get('/a')).headers).toMatchObject({
    'ratelimit-policy': '"everything";q=2;w=60',
    ratelimit: '"everything";r=1;t=30',
  })
  expect((await edge.get('/b')).headers.ratelimit).toBe('"everything";r=0;t=60')
  const refused = await edge.get('/c')
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '30', ratelimit: '"everything";r=0;t=60' } })
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'rate-limited', status: 429 })
  expect(legacy.seen).toHaveLength(2)
  expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_requests_refused_total{code="rate-limited"} 1')
})

test('a reload neither gives a quota back nor takes it away; another quota begins anew', async () => {
  const { legacy, edge } = await world({ route: 'rate: { requests: 1, per: 1h }' }, { clock: still })
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  await edge.flip(plainRoutes(legacy.url, { top: '# touched', route: 'rate: { requests: 1, per: 1h }' }))
  expect(await edge.get('/')).toMatchObject({ status: 429 })
  await edge.flip(plainRoutes(legacy.url, { route: 'rate: { requests: 2, per: 1h }' }))
  expect(await edge.get('/')).toMatchObject({ status: 200 })
})

test('clients are told apart by a header, and who does not send it by address; a rate that refuses takes nothing from the others', async () => {
  const rates = 'rate: [{ requests: 1, per: 1h, by: "header:X-Api-Key" }, { requests: 3, per: 1h }]'
  const { edge } = await world({ route: rates }, { clock: still })
  const key = (value: string) => ({ 'x-api-key': value })
  expect(await edge.get('/', key('one'))).toMatchObject({
    status: 200,
    headers: { ratelimit: '"everything";r=0;t=3600, "everything.2";r=2;t=1200' },
  })
  expect(await edge.get('/', key('one'))).toMatchObject({ status: 429 })
  expect(await edge.get('/', key('one'))).toMatchObject({ status: 429 })
  expect(await edge.get('/', key('x'.repeat(5_000)))).toMatchObject({ status: 200 })
  expect(await edge.get('/', key('two'))).toMatchObject({ status: 200 })
  const byAddress = await edge.get('/', key('three'))
  expect(JSON.parse(byAddress.body)).toMatchObject({
    code: 'rate-limited',
    detail: expect.stringContaining('everything.2'),
  })
})

test('a header that clients are told apart by may stand only once: others beside it would make one client many', async () => {
  const { legacy, edge } = await world({ route: 'rate: { requests: 1, per: 1h, by: "header:X-Api-Key" }' })
  const twice = (second: string) => `GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: one\r\nX-API-KEY: ${second}\r\n\r\n`
  for (const second of ['two', 'three', 'one']) {
    expect(await exchangeBytes(edge.address, twice(second))).toMatch(/^HTTP\/1\.1 400 [\s\S]*repeated-header/)
  }
  expect(legacy.seen).toEqual([])
})

test('who has been identified is one client from wherever, and its upstream learns who it is', async () => {
  const identify: NonNullable<EdgeWanted['options']>['identify'] = (request) => {
    const token = request.header('authorization')?.replace('Bearer ', '')
    if (token === undefined) return nobody
    return Promise.resolve({ subject: token, headers: ['X-User-Id', token] })
  }
  const rate = 'rate: { requests: 1, per: 1h, by: subject }'
  const { legacy, edge } = await world({ route: rate }, { clock: still, identify })
  const as = (who: string) => ({ authorization: `Bearer ${who}`, 'x-user-id': 'root', X_User_Id: 'root' })
  expect(await edge.get('/', as('ann'))).toMatchObject({ status: 200 })
  expect(await edge.get('/', as('ann'))).toMatchObject({ status: 429 })
  expect(await edge.get('/', as('bob'))).toMatchObject({ status: 200 })
  expect(await edge.get('/', { 'x-user-id': 'root', 'X.User.Id': 'root' })).toMatchObject({ status: 200 })
  const said = legacy.seen.map(({ rawHeaders }) =>
    rawHeaders.filter((_, i) => /user/i.test(rawHeaders[i - (i % 2)] ?? '')),
  )
  expect(said).toEqual([['X-User-Id', 'ann'], ['X-User-Id', 'bob'], []])
})

test('a request larger than its route allows is refused before anything of it is sent', async () => {
  const limits = 'limits: { body: 1KiB, url: 1KiB, headers: 10 }'
  const { legacy, edge } = await world({ route: limits })
  expect(await edge.send('POST', '/', { body: 'x'.repeat(1_024) })).toMatchObject({ status: 200 })
  expect(await edge.send('POST', '/', { body: 'x'.repeat(1_025) })).toMatchObject({
    status: 413,
    body: /body-too-large/,
  })
  expect(await edge.get(`/?${'q'.repeat(1_030)}`)).toMatchObject({ status: 414 })
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`x-${n}`, 'y']))
  expect(await edge.get('/', many)).toMatchObject({ status: 431 })
  expect(legacy.seen).toHaveLength(1)
})

test('a body that says nothing of its length is cut where it passes its limit, and its upstream sees no end of it', async () => {
  const whole: string[] = []
  const legacy = await startUpstream((request, response) => {
    request.on('error', () => undefined).on('end', () => whole.push(request.url ?? ''))
    request.on('end', () => response.end('ok')).resume()
  })
  const edge = await startEdge({
    legacy: legacy.url,
    routes: plainRoutes(legacy.url, { route: 'limits: { body: 1KiB }' }),
  })
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
  const wire = await openWire(edge.address)
  wire.send(`${head}400\r\n${'x'.repeat(1_024)}\r\n`)
  await eventually(() => legacy.connections() === 1)
  expect(wire.received()).toBe('')
  wire.send('1\r\ny\r\n')
  expect(await wire.closed()).toMatch(/^HTTP\/1\.1 413 /)
  await eventually(() => legacy.connections() === 0)
  expect(whole).toEqual([])
  const within = await openWire(edge.address)
  within.send(`${head}400\r\n${'x'.repeat(1_024)}\r\n0\r\n\r\n`)
  await eventually(() => /^HTTP\/1\.1 200 /.test(within.received()))
})

test('beyond its bound of requests in flight the edge sheds, at once, and takes on again when there is room', async () => {
  const legacy = await startHanging()
  const answering = await startJson({ ok: true })
  const top = 'limits: { in-flight: 2 }'
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top }) })
  const hanging = [await openWire(edge.address), await openWire(edge.address)]
  for (const wire of hanging) wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => legacy.connections() === 2)
  const shed = await edge.get('/')
  expect(shed).toMatchObject({ status: 503, body: /too-many-in-flight/ })
  expect(Number(shed.headers['retry-after'])).toBeGreaterThan(0)
  for (const wire of hanging) wire.socket.destroy()
  await edge.flip(plainRoutes(answering.url, { top }))
  await eventually(async () => (await edge.get('/')).status === 200)
})

test('an edge whose memory is used up sheds with Retry-After, says so, and comes back', async () => {
  const { legacy, edge } = await world({ top: 'limits: { memory: 1MiB }' })
  const shed = await eventually(async () => {
    const got = await edge.get('/')
    return got.status === 503 && got
  })
  expect(JSON.parse(shed.body)).toMatchObject({ code: 'overloaded' })
  expect((await edge.status()).limits).toMatchObject({ pressure: 'overloaded', why: 'memory' })
  await edge.flip(plainRoutes(legacy.url))
  await eventually(async () => (await edge.get('/')).status === 200)
})

test('an edge whose loop is late all the time leaves out its shadows first', async () => {
  const legacy = await startJson({ id: 7 })
  const service = await startJson({ id: 7 })
  const routes = `${routesOf({ legacy: legacy.url, service: service.url, shadow: '100%' })}limits: { lag: 20ms }\n`
  // So high a number is shed never, but shadowed always.
  const edge = await startEdge({ legacy: legacy.url, routes, options: { dice: () => 0.99 } })
  const read = () => edge.get('/api/customers/7')
  await read()
  await eventually(() => service.seen.length === 1)
  await eventually(async () => {
    for (let n = 0; n < 5; n++) {
      const until = performance.now() + 300
      while (performance.now() < until);
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await read()).toMatchObject({ status: 200 })
    return (await edge.status()).shadow.shed > 0
  })
  const { shed } = (await edge.status()).shadow
  expect((await edge.tally()).routes).toMatchObject([{ route: 'users.read', shed }])
})
