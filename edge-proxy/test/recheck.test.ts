import { systemClock } from '@banyan/toolkit/base'
import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { startJson } from './upstream.ts'

const report = { capability: 'users' }

test('a mismatch whose data was still on its way is transient: both arms are asked again once follow has passed', async () => {
  let copied = 'old'
  const legacy = await startJson(() => ({ name: 'new' }))
  const service = await startJson(() => ({ name: copied }))
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const { now } = JSON.parse((await edge.admin('POST', '/applied', report)).body)
  await edge.admin('POST', '/applied', { ...report, through: now })
  await edge.get('/api/customers/7')
  await eventually(() => service.seen.length === 1)
  // Nothing is recorded while follow has not passed the answer's time.
  expect((await edge.tally()).routes).toEqual([])
  copied = 'new'
  const later = JSON.parse((await edge.admin('POST', '/applied', report)).body).now
  await new Promise((resolve) => setTimeout(resolve, 5))
  await edge.admin('POST', '/applied', { ...report, through: later })
  const route = await eventually(async () => (await edge.tally()).routes[0])
  expect(route).toMatchObject({ route: 'users.read', compared: 1, matched: 1, mismatched: 0, transient: 1, groups: [] })
  expect([legacy.seen.length, service.seen.length]).toEqual([2, 2])
  expect((await edge.status()).capabilities[0]).toMatchObject({
    capability: 'users',
    appliedThrough: expect.stringMatching(/Z$/),
  })
})

test('a mismatch that is still there after follow has passed is one, with its path and both values', async () => {
  const legacy = await startJson({ city: 'Graz' })
  const service = await startJson({ city: 'Linz' })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.admin('POST', '/applied', { ...report, through: 1 })
  await edge.get('/api/customers/7?token=canary-secret')
  const route = await eventually(async () => {
    await followPasses(edge)
    return (await edge.tally()).routes[0]
  })
  // Served and shadowed once, then both arms are asked three times more.
  expect([legacy.seen.length, service.seen.length]).toEqual([4, 4])
  expect(route).toMatchObject({ compared: 1, mismatched: 1, transient: 0 })
  expect(route.groups[0]).toMatchObject({
    path: '$.city',
    sample: { legacy: 'Graz', service: 'Linz' },
  })
  expect(JSON.stringify(route)).not.toContain('canary-secret')
})

test('what no lag makes is a mismatch at once, for it may be gone the next time', async () => {
  const legacy = await startJson({ createdAt: '2019-03-04T09:00Z' })
  const service = await startJson(() => ({ createdAt: `2019-03-04T${service.seen.length === 1 ? '14' : '09'}:00Z` }))
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.admin('POST', '/applied', { ...report, through: 1 })
  await edge.get('/api/customers/7')
  const route = await eventually(async () => {
    await followPasses(edge)
    return (await edge.tally()).routes[0]
  })
  expect(route).toMatchObject({ compared: 1, mismatched: 1, transient: 0, groups: [{ path: '$.createdAt' }] })
})

test('a row that changes again and again while it is asked is transient once the arms agree', async () => {
  let asked = 0
  const legacy = await startJson({ name: 'new' })
  const service = await startJson(() => ({ name: ++asked < 4 ? `old ${asked}` : 'new' }))
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.admin('POST', '/applied', { ...report, through: 1 })
  await edge.get('/api/customers/7')
  const route = await eventually(async () => {
    await followPasses(edge)
    return (await edge.tally()).routes[0]
  })
  expect(route).toMatchObject({ compared: 1, mismatched: 0, transient: 1 })
  expect(asked).toBe(4)
})

test('a worker that reports and does not pass delays the second question by five seconds, not for ever', async () => {
  const legacy = await startJson({ name: 'a' })
  const service = await startJson({ name: 'b' })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.admin('POST', '/applied', { ...report, through: 1 })
  const started = performance.now()
  await edge.get('/api/customers/7')
  await eventually(async () => expect((await edge.tally()).routes[0]).toMatchObject({ mismatched: 1 }), 8_000)
  expect(performance.now() - started).toBeGreaterThan(4_900)
  expect(service.seen).toHaveLength(2)
})

test('a time of day that was set while the edge ran keeps no second question waiting', async () => {
  const legacy = await startJson({ name: 'new' })
  const service = await startJson(() => ({ name: service.seen.length === 1 ? 'old' : 'new' }))
  // What the machine calls now is an hour ahead of what it said when the edge began.
  const clock = { ...systemClock, now: () => Date.now() - 3_600_000 }
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%', options: { clock } })
  await edge.admin('POST', '/applied', { ...report, through: 1 })
  const started = performance.now()
  await edge.get('/api/customers/7')
  const route = await eventually(async () => {
    await followPasses(edge)
    return (await edge.tally()).routes[0]
  })
  expect(route).toMatchObject({ mismatched: 0, transient: 1 })
  expect(performance.now() - started).toBeLessThan(4_000)
})

test('a capability that no worker reports on is asked once: its mismatch is final at once', async () => {
  const legacy = await startJson({ name: 'a' })
  const service = await startJson({ name: 'b' })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.get('/api/customers/7')
  await eventually(async () => expect((await edge.tally()).routes[0]).toMatchObject({ mismatched: 1, answered2xx: 1 }))
  expect([legacy.seen.length, service.seen.length]).toEqual([1, 1])
})

/** Says, as the sync worker does, that everything committed until now is applied. */
async function followPasses(edge: Awaited<ReturnType<typeof startEdge>>): Promise<void> {
  const { now } = JSON.parse((await edge.admin('POST', '/applied', report)).body)
  await edge.admin('POST', '/applied', { ...report, through: now })
}
