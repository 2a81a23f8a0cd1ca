import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { policiesOf, policyRoutes, startPolicies } from './policy-fixture.ts'
import { startAnswering, startJson } from './upstream.ts'

const health = 'health: { path: "/healthz?deep=1", every: 200ms, fails: 2, passes: 2 }'

test('an address that fails its checks gets no requests until it passes them again', async () => {
  const well = await startJson('well')
  let status = 503
  const ill = await startAnswering(({ target }, response) => {
    response.writeHead(target.startsWith('/healthz') ? status : 200).end('"ill"')
  })
  const edge = await startPolicies({ legacy: well.url, service: [ill.url, well.url], users: health })
  const stateOf = async () => (await policiesOf(edge)).endpoints[0]
  await eventually(async () => (await stateOf())?.state === 'unhealthy')
  await eventually(async () => (await stateOf())?.why === 'status 503')
  for (let i = 0; i < 4; i++) expect((await edge.get('/plain/x')).body).toBe('"well"')
  expect(ill.seen.find(({ target }) => target.startsWith('/healthz'))).toMatchObject({
    ...{ method: 'GET', target: '/healthz?deep=1' },
    headers: { host: new URL(ill.url).host, 'user-agent': 'banyan-health' },
  })
  status = 204
  await eventually(async () => (await stateOf())?.state === 'healthy')
  const bodies = [await edge.get('/plain/x'), await edge.get('/plain/x')].map(({ body }) => body)
  expect(bodies.toSorted()).toEqual(['"ill"', '"well"'])
  expect(edge.lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['address unhealthy', 'address healthy again']),
  )
})

test('when every address is unhealthy requests are sent all the same, unless there is a fallback', async () => {
  const legacy = await startJson('legacy')
  const service = await startAnswering(({ target }, response) => {
    response.writeHead(target.startsWith('/healthz') ? 404 : 200).end('"service"')
  })
  const edge = await startPolicies({
    ...{ legacy: legacy.url, service: [service.url], users: health, route: 'fallback: legacy' },
  })
  await eventually(async () => (await policiesOf(edge)).endpoints[0]?.state === 'unhealthy')
  expect((await edge.get('/plain/x')).body).toBe('"service"')
  expect((await edge.get('/api/customers/7')).body).toBe('"legacy"')
  const line = await eventually(() => edge.lines.find(({ path }) => path === '/api/customers/7'))
  expect(line).toMatchObject({ fallback: 'legacy', because: 'upstream-unhealthy' })
})

test('checks follow the route table: off when it says so no more', async () => {
  const service = await startJson('well')
  const wanted = { legacy: service.url, service: [service.url], users: health }
  const edge = await startPolicies(wanted)
  await eventually(async () => (await policiesOf(edge)).endpoints[0]?.state === 'healthy')
  await edge.flip(policyRoutes({ ...wanted, users: '' }))
  expect((await policiesOf(edge)).endpoints).toMatchObject([{ state: 'up' }])
})
