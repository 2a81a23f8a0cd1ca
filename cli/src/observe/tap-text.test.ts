import type { ServedRequest, TapLine } from '@banyan/edge-proxy/admin-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tapText } from './tap-text.ts'

const request: ServedRequest = {
  kind: 'served',
  id: 'aLq0wYkXz2Tb-4x3',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  at: '2026-01-02T03:04:05.678Z',
  method: 'GET',
  target: '/api/customers/7',
  client: '127.0.0.1',
  route: 'users.read',
  capability: 'users',
  match: 'GET /api/customers/:id',
  place: 'routes.yaml:8',
  revision: '9f2c1a77b0de',
  caller: { by: 'session', bucket: 312 },
  arm: 'service',
  why: 'serve: service',
  upstream: 'users',
  url: 'http://127.0.0.1:4101',
  status: 200,
  outcome: 'answered',
  fault: undefined,
  detail: undefined,
  timings: { heldMs: undefined, queuedMs: undefined, connectMs: 0.4, headMs: 9.8, totalMs: 12.4 },
  attempts: 1,
  fallback: undefined,
  shadow: undefined,
}

const lineOf = (given: Partial<ServedRequest>): TapLine => ({ event: 'request', request: { ...request, ...given } })
const wide = { columns: 100, colour: false }

test('a line tells when, how it ended, how long it took, what was asked, the route, who answered and the id', () => {
  expect(tapText(lineOf({}), wide)).toBe(
    '03:04:05 200   12 ms  GET /api/customers/7  users.read service                      aLq0wYkXz2Tb-4x3',
  )
})

test('a failure is told beside the arm, and a fallback names the arm that answered', () => {
  const failed = lineOf({ status: 504, outcome: 'fault', fault: 'upstream-timeout', target: '/a' })
  expect(tapText(failed, wide)).toContain('504   12 ms  GET /a  users.read service  upstream-timeout')
  const fell = lineOf({ fallback: { arm: 'legacy', because: 'upstream-closed' }, target: '/a' })
  expect(tapText(fell, wide)).toContain('GET /a  users.read legacy  fallback: upstream-closed')
})

test('a verdict stands under the same id, with the paths that differ', () => {
  const shadow: ServedRequest['shadow'] = {
    arm: 'legacy',
    verdict: 'mismatch',
    why: undefined,
    differencesLeftOut: 3,
    differences: ['$.total  legacy 1  service 2', '$.total  legacy 1  service 3', '$.at  legacy a  service b'],
  }
  const line = tapText({ event: 'verdict', request: { ...request, shadow } }, wide)
  expect(line.trim()).toMatch(/^legacy mismatch: \$\.total, \$\.at and 3 more +aLq0wYkXz2Tb-4x3$/)
})

test('what was left out is said with its number', () => {
  const line = tapText({ event: 'left-out', sampled: 312, unread: 2 }, wide)
  expect(line.trim()).toBe('left out: 312 more than --rate in that second, 2 that were not read in time')
})

test('whatever is asked, a line is as wide as the terminal at most, and ends with the id', () => {
  const text = fc.string({ maxLength: 300 })
  const columns = fc.integer({ min: 80, max: 250 })
  fc.assert(
    fc.property(text, fc.string({ maxLength: 100 }), columns, (target, route, width) => {
      const line = tapText(lineOf({ target, route }), { columns: width, colour: false })
      expect(line.length).toBeLessThanOrEqual(width)
      expect(line.endsWith(request.id)).toBe(true)
    }),
  )
})
