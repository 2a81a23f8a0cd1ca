import { expect, test } from 'vitest'
import { policiesOf, startPolicies } from './policy-fixture.ts'
import { freePort, startAnswering, startHanging, startJson, startUpstream } from './upstream.ts'

test('a read whose connection broke is sent again, a write never', async () => {
  let breaks = 2
  const service = await startUpstream((request, response) => {
    if (breaks-- > 0) return void request.socket.destroy()
    response.end('well')
  })
  const edge = await startPolicies({ legacy: service.url, service: [service.url] })
  expect(await edge.send('POST', '/plain/x')).toMatchObject({ status: 502 })
  expect(breaks).toBe(1)
  expect(await edge.get('/plain/x')).toMatchObject({ status: 200, body: 'well' })
  expect(await policiesOf(edge)).toMatchObject({ retries: 1, overBudget: 0 })
  expect(edge.lines.find(({ method, msg }) => msg === 'request' && method === 'GET')).toMatchObject({ attempts: 2 })
})

test('with one of two addresses dead nothing fails, uploads neither, and the dead one is ejected', async () => {
  const service = await startJson('here')
  const dead = `http://127.0.0.1:${await freePort()}`
  const edge = await startPolicies({
    legacy: service.url,
    service: [service.url, dead],
    users: 'eject: { failures: 3 }',
  })
  for (let i = 0; i < 12; i++) {
    const sent = i % 2 === 0 ? edge.get('/plain/x') : edge.send('POST', '/plain/x', { body: 'sent whole' })
    expect(await sent).toMatchObject({ status: 200 })
  }
  expect(service.seen.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual(
    Array.from({ length: 6 }, () => 'sent whole'),
  )
  const { endpoints, retries, ejected } = await policiesOf(edge)
  expect(endpoints).toMatchObject([{ state: 'up' }, { url: dead, state: 'ejected', leftMs: expect.any(Number) }])
  expect([retries, ejected]).toEqual([3, 1])
})

test('the budget bounds how often an upstream that only fails is asked', async () => {
  let asked = 0
  const broken = await startUpstream((request) => {
    asked += 1
    request.socket.destroy()
  })
  const edge = await startPolicies({
    legacy: broken.url,
    service: [broken.url],
    users: 'breaker: off, retry: { times: 5, backoff: 1ms, budget: 10% }',
  })
  for (let i = 0; i < 20; i++) expect(await edge.get('/plain/x')).toMatchObject({ status: 502 })
  const { retries, overBudget } = await policiesOf(edge)
  expect(asked).toBe(20 + retries)
  expect(retries).toBeLessThanOrEqual(12)
  expect(overBudget).toBeGreaterThan(0)
})

test('an answer that asks for a moment gets it, and one that asks for a day is passed on', async () => {
  const after = ['0', '99999']
  const service = await startAnswering((_seen, response) => {
    const asks = after.shift()
    if (asks === undefined) response.end('well')
    else response.writeHead(503, { 'Retry-After': asks }).end('later')
  })
  const edge = await startPolicies({ legacy: service.url, service: [service.url], users: 'retry: { statuses: [503] }' })
  expect(await edge.get('/plain/x')).toMatchObject({ status: 503, body: 'later', headers: { 'retry-after': '99999' } })
  expect(service.seen).toHaveLength(2)
  expect(await edge.get('/plain/x')).toMatchObject({ status: 200, body: 'well' })
})

test('retry: off on a route sends nothing again', async () => {
  const broken = await startUpstream((request) => void request.socket.destroy())
  const edge = await startPolicies({ legacy: broken.url, service: [broken.url], route: 'retry: off' })
  expect(await edge.get('/api/customers/7')).toMatchObject({ status: 502 })
  expect(await policiesOf(edge)).toMatchObject({ retries: 0, overBudget: 0 })
})

test("a route's time-outs go before its upstream's, and the total one bounds everything", async () => {
  const hanging = await startHanging()
  const edge = await startPolicies({
    ...{ legacy: hanging.url, service: [hanging.url] },
    ...{ users: 'timeouts: { header: 60s }', route: 'timeouts: { total: 200ms }' },
  })
  expect(await edge.get('/api/customers/7')).toMatchObject({ status: 504 })
  expect(await policiesOf(edge)).toMatchObject({ retries: 0 })
})
