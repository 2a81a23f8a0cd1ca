import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { policiesOf, policyRoutes, startPolicies } from './policy-fixture.ts'
import { startAnswering, startHanging, startUpstream } from './upstream.ts'
import { openWire } from './wire.ts'

const breaker = 'retry: off, breaker: { volume: 4, failures: 50%, window: 1m, open: 300ms }'

test('a breaker opens, asks nobody while it is open, lets one request try at a time, and closes when that is answered', async () => {
  let status = 503
  const parked: ServerResponse[] = []
  let parks = false
  const service = await startAnswering((_seen, response) => {
    if (parks) parked.push(response)
    else response.writeHead(status).end()
  })
  const edge = await startPolicies({ legacy: service.url, service: [service.url], users: breaker })
  for (let i = 0; i < 4; i++) expect(await edge.get('/plain/x')).toMatchObject({ status: 503, body: '' })
  const stopped = await edge.get('/plain/x')
  expect(stopped).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(JSON.parse(stopped.body)).toMatchObject({ code: 'upstream-breaker-open' })
  expect(service.seen).toHaveLength(4)
  expect(await policiesOf(edge)).toMatchObject({
    breaker: { state: 'open', opened: 1, total: 4, failed: 4 },
    stopped: 1,
  })
  expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_upstream_breaker_state{upstream="users"} 2')

  parks = true
  await eventually(async () => (await policiesOf(edge)).breaker?.leftMs === 0)
  const probe = edge.get('/plain/x')
  await eventually(() => parked.length === 1)
  expect((await policiesOf(edge)).breaker?.state).toBe('half-open')
  const others = await Promise.all(Array.from({ length: 10 }, () => edge.get('/plain/x')))
  expect(others.map((each) => each.status)).toEqual(Array.from({ length: 10 }, () => 503))
  expect(service.seen).toHaveLength(5)

  parks = false
  status = 200
  parked[0]?.end('well')
  expect(await probe).toMatchObject({ status: 200, body: 'well' })
  expect(await edge.get('/plain/x')).toMatchObject({ status: 200 })
  expect((await policiesOf(edge)).breaker?.state).toBe('closed')
  expect(edge.lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['breaker open', 'breaker closed']))
})

test('clients that leave open no breaker, and neither do pages that fail with 500', async () => {
  const hanging = await startUpstream((request, response) => {
    if (request.url === '/plain/500') response.writeHead(500).end()
  })
  const edge = await startPolicies({ legacy: hanging.url, service: [hanging.url], users: breaker })
  for (let i = 0; i < 5; i++) {
    const wire = await openWire(edge.address)
    wire.send('GET /plain/hangs HTTP/1.1\r\nHost: a\r\n\r\n')
    await eventually(async () => (await policiesOf(edge)).endpoints[0]?.outstanding === 1)
    wire.socket.destroy()
    await eventually(async () => (await policiesOf(edge)).endpoints[0]?.outstanding === 0)
  }
  for (let i = 0; i < 5; i++) expect(await edge.get('/plain/500')).toMatchObject({ status: 500 })
  expect(await policiesOf(edge)).toMatchObject({ breaker: { state: 'closed', total: 5, failed: 0 } })
})

test('answers that are cut count against an upstream', async () => {
  const cutting = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('some')
    setTimeout(() => response.destroy(), 5)
  })
  const edge = await startPolicies({ legacy: cutting.url, service: [cutting.url], users: breaker })
  for (let i = 0; i < 3; i++) await edge.get('/plain/x').catch(() => 'cut')
  expect(await policiesOf(edge)).toMatchObject({ breaker: { opened: 1 } })
})

test('a reload of the route table closes no breaker, unless the breaker itself is changed', async () => {
  const failing = await startAnswering((_seen, response) => void response.writeHead(502).end())
  const wanted = { legacy: failing.url, service: [failing.url], users: breaker }
  const edge = await startPolicies(wanted)
  for (let i = 0; i < 4; i++) await edge.get('/plain/x')
  await edge.flip(`${policyRoutes(wanted)}# another revision\n`)
  expect((await policiesOf(edge)).breaker).toMatchObject({ opened: 1, failed: 4 })
  await edge.flip(policyRoutes({ ...wanted, users: 'breaker: { volume: 1000 }' }))
  expect((await policiesOf(edge)).breaker).toMatchObject({ state: 'closed', opened: 0 })
})

test('an upstream gets no more connections than it may have; who finds no place is answered 503 at once', async () => {
  const hanging = await startHanging()
  const edge = await startPolicies({
    ...{ legacy: hanging.url, service: [hanging.url], users: 'connections: { max: 1, waiting: 1 }' },
  })
  for (const place of ['connection', 'line']) {
    const wire = await openWire(edge.address)
    wire.send(`GET /plain/${place} HTTP/1.1\r\nHost: a\r\n\r\n`)
  }
  await eventually(async () => (await policiesOf(edge)).endpoints[0]?.outstanding === 2)
  const busy = await edge.get('/plain/x')
  expect(busy).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(JSON.parse(busy.body)).toMatchObject({ code: 'upstream-busy' })
  expect(hanging.connections()).toBe(1)
  expect((await policiesOf(edge)).breaker).toMatchObject({ total: 0 })
})
