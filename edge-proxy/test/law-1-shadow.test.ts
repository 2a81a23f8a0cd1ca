import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startAnswering, startHanging, startJson } from './upstream.ts'

test('law 1: a shadow never changes, delays or fails the served answer, even when the shadowed arm hangs for ever', async () => {
  const legacy = await startJson({ id: '7', from: 'legacy' })
  const service = await startHanging()
  const plain = await startEdge({ legacy: legacy.url, service: service.url, shadow: '0%' })
  const shadowed = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const took = { plain: [] as number[], shadowed: [] as number[] }
  for (let i = 0; i < requests; i++) {
    for (const [name, edge] of [
      ['plain', plain],
      ['shadowed', shadowed],
    ] as const) {
      if (name === 'plain' && i % 4 !== 0) continue
      const got = await edge.get(`/api/customers/${i}`)
      expect(got).toMatchObject({ status: 200, body: '{"id":"7","from":"legacy"}' })
      took[name].push(got.tookMs)
    }
  }
  expect(median(took.shadowed)).toBeLessThan(median(took.plain) * 1.5 + 2)
  // Every one that was offered waits, runs, ran into its time-out or was shed: within bounds, and none uncounted.
  await eventually(async () => {
    const { shadow } = await shadowed.status()
    const [tally] = (await shadowed.tally()).routes
    expect(shadow.queued).toBeLessThanOrEqual(256)
    expect(shadow.running).toBeLessThanOrEqual(32)
    expect(shadow.shed).toBe(tally?.shed ?? 0)
    expect(shadow.queued + shadow.running + shadow.shed + (tally?.notComparable['service-failed'] ?? 0)).toBe(requests)
    return true
  })
  // And when the time of the first ones is over, the edge is still there for its clients.
  await eventually(async () => ((await shadowed.tally()).routes[0]?.notComparable['service-failed'] ?? 0) >= 32)
  expect(await shadowed.get('/api/customers/1')).toMatchObject({ status: 200 })
})

/** More than may wait and run, so that some are shed. */
const requests = 320

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

test('law 1: a shadowed arm that is down, answers garbage or cuts its answer is counted and not seen by the client', async () => {
  const legacy = await startJson({ id: '7' })
  const down = await startEdge({ legacy: legacy.url, service: `http://127.0.0.1:${await freePort()}`, shadow: '100%' })
  const cutting = await startAnswering((_seen, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half')
    setTimeout(() => response.destroy(), 5)
  })
  const cut = await startEdge({ legacy: legacy.url, service: cutting.url, shadow: '100%' })
  expect(await down.get('/api/customers/7')).toMatchObject({ status: 200, body: '{"id":"7"}' })
  expect(await cut.get('/api/customers/7')).toMatchObject({ status: 200, body: '{"id":"7"}' })
  await eventually(async () => expect((await down.tally()).routes[0]?.notComparable['service-failed']).toBe(1))
  await eventually(async () => expect((await cut.tally()).routes[0]?.notComparable.truncated).toBe(1))
})

test('a shadow says that it is one, is only sent for safe methods, and nothing of its answer reaches the client', async () => {
  const legacy = await startJson({ ok: true })
  const service = await startAnswering(
    (_seen, response) => void response.setHeader('set-cookie', 'shadow=1').end('{"ok":true}'),
  )
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const got = await edge.get('/api/customers/7?a=1')
  await edge.send('POST', '/api/customers/7', { body: '{}' })
  expect(got.headers['set-cookie']).toBeUndefined()
  await eventually(async () =>
    expect((await edge.tally()).routes[0]).toMatchObject({ route: 'users.read', compared: 1 }),
  )
  expect(service.seen).toHaveLength(1)
  expect(service.seen[0]).toMatchObject({ method: 'GET', target: '/api/customers/7?a=1' })
  expect(service.seen[0]?.headers['x-banyan-shadow']).toBe('1')
})

test('law 7: what cannot be asked of the other arm is counted, so that a route never looks as if nobody came', async () => {
  const legacy = await startAnswering((seen, response) => {
    if (seen.target.endsWith('/cut')) {
      response.writeHead(200, { 'content-length': 9 }).write('half')
      setTimeout(() => response.destroy(), 5)
      return
    }
    response.writeHead(seen.target.endsWith('/part') ? 206 : 304).end()
  })
  const service = await startJson({})
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  await edge.get('/api/customers/part')
  await edge.get('/api/customers/same')
  await edge.send('GET', '/api/customers/body', { body: 'x', headers: { 'content-length': '1' } })
  await edge.get('/api/customers/cut').catch(() => undefined)
  await eventually(async () =>
    expect((await edge.tally()).routes[0]).toMatchObject({
      ...{ route: 'users.read', compared: 0 },
      notComparable: { 'not-asked': 3, 'legacy-failed': 1 },
    }),
  )
  expect(service.seen).toEqual([])
})
