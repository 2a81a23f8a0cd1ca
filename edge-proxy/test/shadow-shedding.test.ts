import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startAnswering, startJson } from './upstream.ts'

const tallyOf = async (edge: EdgeUnderTest) => (await edge.tally()).routes[0]

test('the same bytes match at once, other bytes with the same meaning in the thread, and both count the same', async () => {
  const legacy = await startJson({ id: '7', name: 'Ida' })
  const service = await startJson(({ target }: { target: string }) =>
    target.endsWith('other') ? { name: 'Ida', id: '7' } : { id: '7', name: target.endsWith('wrong') ? 'IDA' : 'Ida' },
  )
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  for (const id of ['same', 'other', 'same', 'wrong']) await edge.get(`/api/customers/${id}`)
  const tally = await eventually(async () => {
    const found = await tallyOf(edge)
    return found?.compared === 4 && found
  })
  expect(tally).toMatchObject({ matched: 3, mismatched: 1, answered2xx: 4, shed: 0 })
  expect(tally.groups).toMatchObject([{ path: '$.name', sample: { request: 'GET /api/customers/wrong' } }])
})

test('an arm that lets shadows time out is asked by one at a time until it answers again, and what is left out is counted by why', async () => {
  const legacy = await startJson({ id: '7' })
  let hangs = true
  const held: (() => void)[] = []
  const service = await startAnswering((_seen, response) => {
    const answer = () => void response.setHeader('content-type', 'application/json; charset=utf-8').end('{"id":"7"}')
    if (hangs) held.push(answer)
    else answer()
  })
  const routes = routesOf({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const short = routes.replace(`users: { url: ${service.url} }`, `users: { url: ${service.url}, timeout: 400ms }`)
  const edge = await startEdge({ legacy: '', routes: short })
  const ask = () => edge.get('/api/customers/7')
  for (let n = 0; n < 5; n++) expect(await ask()).toMatchObject({ status: 200, body: '{"id":"7"}' })
  await eventually(async () => (await tallyOf(edge))?.notComparable['service-failed'] === 5)

  // Silent: whoever comes while one is under way is left out from the beginning.
  await eventually(async () => {
    for (let n = 0; n < 4; n++) expect(await ask()).toMatchObject({ status: 200 })
    const { shadow } = await edge.status()
    expect(shadow.running).toBeLessThanOrEqual(1)
    return (shadow.shedBy?.silent ?? 0) > 0
  })
  const silent = await eventually(async () => {
    const { headers } = await ask()
    const found = await edge.admin('POST', '/why', { id: headers['x-request-id'] })
    const [request] = JSON.parse(found.body).requests
    return request.shadow.verdict === 'left-out' && request.shadow
  })
  expect(silent).toMatchObject({ arm: 'service', why: 'the other arm answers nothing in time' })
  const { shadow } = await edge.status()
  expect(shadow.shed).toBe((await tallyOf(edge))?.shed)
  expect((await edge.admin('GET', '/metrics')).body).toMatch(/^banyan_shadow_shed_by\{why="silent"\} [1-9]/m)

  hangs = false
  for (const answer of held) answer()
  await eventually(async () => {
    await ask()
    return ((await tallyOf(edge))?.matched ?? 0) > 5
  })
})
