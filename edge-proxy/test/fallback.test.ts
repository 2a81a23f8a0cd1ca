import { expect, test } from 'vitest'
import type { ArmStats } from '../src/admin/admin-api.ts'
import type { EdgeUnderTest } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { policiesOf, readRoute, startPolicies } from './policy-fixture.ts'
import { freePort, startAnswering, startHanging, startJson } from './upstream.ts'

const route = 'fallback: legacy'

test('when the service cannot be reached, legacy answers: counted at both arms, logged, not compared', async () => {
  const legacy = await startJson({ from: 'legacy' })
  const edge = await startPolicies({ legacy: legacy.url, service: [await deadUrl()], users: 'retry: off', route })
  const got = await edge.get('/api/customers/7', { 'x-api-key': 'anna' })
  expect([got.status, got.body]).toEqual([200, '{"from":"legacy"}'])
  expect(legacy.seen).toHaveLength(1)
  const { arms, fallbacks } = await readRoute(edge)
  expect(fallbacks).toBe(1)
  expect(countsOf(arms)).toEqual({ legacy: [1, 0], service: [1, 1] })
  const line = await eventually(() =>
    edge.lines.find(({ msg, path }) => msg === 'request' && path === '/api/customers/7'),
  )
  expect(line).toMatchObject({ arm: 'service', fallback: 'legacy', because: 'upstream-unreachable', status: 200 })
  const tally = (await edge.tally()).routes.find((each) => each.route === 'users.read')
  expect(tally).toMatchObject({ compared: 0, notComparable: { 'service-failed': 1 } })
  expect((await edge.admin('GET', '/metrics')).body).toContain('banyan_fallbacks_total{route="users.read"} 1')
})

test('what fell back is recorded as served by legacy', async () => {
  const edge = await withService(({ end }) => end(500))
  const headers = { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' }
  const recording = await fetch(`${edge.adminAddress}/recording`, { method: 'POST', headers, body: '{"count":1}' })
  await edge.get('/api/customers/7')
  const [, exchange] = (await recording.text()).split('\n').map((line) => line && JSON.parse(line))
  expect(exchange).toMatchObject({ servedBy: 'legacy', response: { status: 200, body: { data: '"legacy"' } } })
})

test.each([500, 502, 503, 599])('an answer of status %i is a failure of the service', async (status) => {
  const edge = await withService(({ end }) => end(status))
  expect(await edge.get('/api/customers/7')).toMatchObject({ status: 200, body: '"legacy"' })
  expect((await readRoute(edge)).fallbacks).toBe(1)
})

test.each([200, 304, 404, 429])('an answer of status %i is an answer', async (status) => {
  const edge = await withService(({ end }) => end(status))
  expect(await edge.get('/api/customers/7')).toMatchObject({ status })
  expect((await readRoute(edge)).fallbacks).toBe(0)
})

test('writes, and reads with a body, do not fall back', async () => {
  const edge = await withService(({ end }) => end(503))
  expect(await edge.send('POST', '/api/customers', { body: '{}' })).toMatchObject({ status: 503 })
  expect(await edge.send('GET', '/api/customers/7', { headers: { 'content-length': '3' }, body: 'odd' })).toMatchObject(
    { status: 503 },
  )
  expect(await edge.send('DELETE', '/api/customers/7')).toMatchObject({ status: 503 })
  expect(await edge.send('HEAD', '/api/customers/7')).toMatchObject({ status: 200 })
})

test('who has just written does not read from legacy, which may not have the write yet', async () => {
  const edge = await withService(({ method, end }) => end(method === 'POST' ? 201 : 500))
  const anna = { 'x-api-key': 'anna' }
  expect(await edge.send('POST', '/api/customers', { headers: anna, body: '{}' })).toMatchObject({ status: 201 })
  expect(await edge.get('/api/customers/7', anna)).toMatchObject({ status: 500 })
  expect(await edge.get('/api/customers/7', { 'x-api-key': 'bert' })).toMatchObject({ status: 200 })
})

test('a service that hangs falls back after its time, and when both arms fail the client learns of the last one', async () => {
  const [service, legacy] = [await startHanging(), await deadUrl()]
  const edge = await startPolicies({
    ...{ legacy, service: [service.url], users: 'timeouts: { header: 100ms }', route },
  })
  const got = await edge.get('/api/customers/7')
  expect(got.status).toBe(502)
  expect(JSON.parse(got.body)).toMatchObject({
    code: 'upstream-unreachable',
    detail: expect.stringContaining('"monolith"'),
  })
  expect((await readRoute(edge)).fallbacks).toBe(1)
  expect(countsOf((await readRoute(edge)).arms)).toEqual({ legacy: [1, 1], service: [1, 1] })
})

test('a client that leaves while the service hangs makes nobody fall back', async () => {
  const legacy = await startJson('legacy')
  const service = await startHanging()
  const edge = await startPolicies({ legacy: legacy.url, service: [service.url], route })
  const left = new AbortController()
  const asked = fetch(`${edge.address}/api/customers/7`, { signal: left.signal }).catch(() => 'left')
  await eventually(async () => (await policiesOf(edge)).endpoints[0]?.outstanding === 1)
  left.abort()
  await asked
  await eventually(async () => (await policiesOf(edge)).endpoints[0]?.outstanding === 0)
  expect([legacy.seen.length, (await readRoute(edge)).fallbacks]).toEqual([0, 0])
})

test('a service that is stopped under load fails no read: its breaker opens, and closes when it is back', async () => {
  const legacy = await startJson('legacy')
  const first = await startJson('service')
  const edge = await startPolicies({
    ...{ legacy: legacy.url, service: [first.url], route },
    users: 'breaker: { volume: 10, open: 200ms }',
  })
  const load = startLoad(edge)
  await eventually(() => load.bodies.has('"service"'))
  await first.stop()
  await eventually(async () => (await policiesOf(edge)).breaker?.state === 'open')
  await eventually(() => load.bodies.has('"legacy"'))
  await eventually(async () => (await policiesOf(edge)).stopped > 0)
  load.bodies.clear()
  await startAnswering((_seen, response) => void response.end('"service"'), first.port)
  await eventually(async () => (await policiesOf(edge)).breaker?.state === 'closed')
  await eventually(() => load.bodies.has('"service"'))
  const { failed, sent } = await load.stop()
  expect(failed).toEqual([])
  expect(sent).toBeGreaterThan(20)
  const { arms, fallbacks = 0 } = await readRoute(edge)
  expect(fallbacks).toBeGreaterThan(0)
  expect(countsOf(arms)).toMatchObject({ service: [sent, fallbacks], legacy: [fallbacks, 0] })
})

/** An edge whose service answers with a status, and legacy with 200. */
async function withService(
  answer: (asked: { method: string; end(status: number): void }) => void,
): Promise<EdgeUnderTest> {
  const legacy = await startJson('legacy')
  const service = await startAnswering(({ method }, response) =>
    answer({ method, end: (status) => void response.writeHead(status).end() }),
  )
  return startPolicies({ legacy: legacy.url, service: [service.url], users: 'retry: off, breaker: off', route })
}

async function deadUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`
}

function countsOf(arms: readonly ArmStats[]): Record<string, readonly [number, number]> {
  return Object.fromEntries(arms.map(({ arm, requests, errors }) => [arm, [requests, errors]]))
}

/** Eight clients that read one after the other until they are stopped. */
function startLoad(edge: EdgeUnderTest) {
  const bodies = new Set<string>()
  const failed: unknown[] = []
  let sent = 0
  let running = true
  const client = async () => {
    while (running) {
      sent += 1
      const got = await edge.get('/api/customers/7').catch((error: unknown) => ({ status: 0, body: String(error) }))
      bodies.add(got.body)
      if (got.status !== 200) failed.push(got)
    }
  }
  const clients = Array.from({ length: 8 }, client)
  const stop = async () => {
    running = false
    await Promise.all(clients)
    return { failed, sent }
  }
  return { bodies, stop }
}
