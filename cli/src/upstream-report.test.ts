import type { EdgeStatus, UpstreamPolicyStatus } from '@banyan/edge-proxy/admin-api'
import { expect, test } from 'vitest'
import type { EdgeReading } from './edge-readings.ts'
import { checkUpstreams, fallbacksOf, upstreamLines, upstreamsOf } from './upstream-report.ts'

const well: UpstreamPolicyStatus = {
  breaker: { state: 'closed', leftMs: 0, opened: 0, total: 4, failed: 1 },
  endpoints: [{ url: 'http://a:1', state: 'healthy', outstanding: 2 }],
  ...{ retries: 0, overBudget: 0, stopped: 0, ejected: 0 },
}
const ill: UpstreamPolicyStatus = {
  breaker: { state: 'open', leftMs: 3_200, opened: 2, total: 20, failed: 12 },
  endpoints: [
    { url: 'http://a:1', state: 'unhealthy', outstanding: 0, why: 'status 503' },
    { url: 'http://b:1', state: 'ejected', outstanding: 0, leftMs: 22_000 },
    { url: 'http://c:1', state: 'up', outstanding: 1 },
  ],
  ...{ retries: 14, overBudget: 2, stopped: 3000, ejected: 1 },
}

test('the status says nothing of upstreams with which all is well, and every trouble of the others', () => {
  expect(upstreamLines(upstreamsOf([reading('http://127.0.0.1:8081', well)]))).toEqual([])
  expect(upstreamLines(upstreamsOf([reading('http://127.0.0.1:8081', ill)]))).toEqual([
    'upstream users: breaker open, 12 of 20 requests failed; one may try in 3.2 s',
    'upstream users: http://a:1 unhealthy, status 503',
    'upstream users: http://b:1 ejected, gets requests again in 22.0 s',
    'upstream users: 14 sent again, 2 not sent again (retry budget), 3 000 stopped by its breaker',
  ])
})

test('with several edges each line says which one it is of, and fallbacks are summed', () => {
  const readings = [reading('http://127.0.0.1:8081', well, 3), reading('http://127.0.0.1:9081', ill, 4)]
  expect(upstreamLines(upstreamsOf(readings))[0]).toMatch(/^upstream users \(127\.0\.0\.1:9081\): breaker open/)
  expect(fallbacksOf('users.read', readings)).toBe(7)
  expect(fallbacksOf('other', readings)).toBeUndefined()
})

test('the doctor warns of each trouble and of fallbacks, and says when there is none', () => {
  const outcomes = checkUpstreams(reading('http://127.0.0.1:8081', ill, 5)).map(({ check, outcome }) => [
    check,
    outcome,
  ])
  expect(outcomes).toEqual([
    ['upstream users', 'warn'],
    ['upstream users', 'warn'],
    ['upstream users', 'warn'],
    ['fallback of users.read', 'warn'],
  ])
  expect(checkUpstreams(reading('http://127.0.0.1:8081', well))).toMatchObject([{ outcome: 'ok' }])
})

function reading(url: string, policies: UpstreamPolicyStatus, fallbacks?: number): EdgeReading {
  const route = { route: 'users.read', capability: 'users', serve: 'service', shadowPercent: 0, arms: [], fallbacks }
  const status: EdgeStatus = {
    ...{ formatVersion: 1, startedAt: '', now: '', file: '', revision: '', listen: '', draining: false, refused: [] },
    ...{ capabilities: [], shadow: { queued: 0, running: 0, shed: 0 }, shadows: [], routes: [route] },
    upstreams: [{ upstream: 'users', url: 'http://a:1', lastError: undefined, policies }],
  }
  return { url, status, tally: { formatVersion: 1, since: '', routes: [] } }
}
