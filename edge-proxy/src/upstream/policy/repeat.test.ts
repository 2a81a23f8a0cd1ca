import type { RetryPolicy } from '@banyan/toolkit/routing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FaultKind, UpstreamAnswer, UpstreamFault } from '../sender.ts'
import { backoffMs } from './backoff.ts'
import { type Ended, pauseBeforeRepeat, type Repeatable } from './repeat.ts'
import { retryAfterMs } from './retry-after.ts'
import { buildRetryBudget } from './retry-budget.ts'

const policy: RetryPolicy = { times: 2, budgetShare: 0.1, backoffMs: 20, statuses: [503] }
const standing = { policy, retries: 0, leftMs: 10_000, dice: 0.5, now: Date.parse('2026-11-21T12:00:00Z') }
const get: Repeatable = { method: 'GET', hasBody: false, bodyUntouched: true, writes: false }
const upload: Repeatable = { method: 'POST', hasBody: true, bodyUntouched: false, writes: false }

describe('what is sent again:', () => {
  test.each<[string, Ended, Repeatable, number | undefined]>([
    ['a GET whose connection broke', fault('upstream-closed'), get, 10],
    ['a DELETE whose connection broke', fault('upstream-closed'), { ...get, method: 'DELETE' }, 10],
    ['a GET whose answer says 503', answer(503), get, 10],
    ['a POST that was never sent', fault('upstream-unreachable'), { ...upload, bodyUntouched: true }, 10],
    [
      'not a DELETE that writes a capability',
      fault('upstream-closed'),
      { ...get, method: 'DELETE', writes: true },
      undefined,
    ],
    ['not a POST whose connection broke', fault('upstream-closed'), { ...get, method: 'POST' }, undefined],
    ['not a body that was read', fault('upstream-unreachable'), upload, undefined],
    ['not after a time-out', fault('upstream-timeout'), get, undefined],
    ['not nonsense', fault('upstream-invalid'), get, undefined],
    ['not what waited for a connection in vain', fault('upstream-busy'), get, undefined],
    ['not for a client that left', fault('client-gone'), get, undefined],
    ['not after another status', answer(500), get, undefined],
    ['not a POST whose answer says 503', answer(503), { ...get, method: 'POST' }, undefined],
  ])('%s', (_name, ended, request, pauseMs) => {
    expect(pauseBeforeRepeat(ended, request, standing)).toBe(pauseMs)
  })

  test('nothing more often than the policy says, and nothing whose pause would last longer than there is time', () => {
    expect(pauseBeforeRepeat(fault('upstream-closed'), get, { ...standing, retries: 2 })).toBeUndefined()
    expect(pauseBeforeRepeat(fault('upstream-closed'), get, { ...standing, leftMs: 10 })).toBeUndefined()
  })

  test.each([
    ['1', 1_000],
    ['0', 10],
    ['-1', 10],
    ['soon', 10],
    ['2', undefined],
    ['99999', undefined],
    ['Sat, 21 Nov 2026 12:00:01 GMT', 1_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 10],
    ['Sun, 22 Nov 2026 12:00:00 GMT', undefined],
  ])('Retry-After: %s is kept to, up to a second', (value, pauseMs) => {
    expect(pauseBeforeRepeat(answer(503, ['retry-AFTER', value]), get, standing)).toBe(pauseMs)
  })
})

test('whatever happens, what may have been executed is sent again only without a body, by a method that allows it', () => {
  const kinds: readonly FaultKind[] = [
    'upstream-unreachable',
    'upstream-connect-timeout',
    'upstream-closed',
    'upstream-timeout',
  ]
  const ended = fc.oneof(
    fc.record({ kind: fc.constantFrom(...kinds), sent: fc.constantFrom<'nothing' | 'maybe'>('nothing', 'maybe') }),
    fc.constantFrom(200, 500, 503),
  )
  const request = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'),
    ...{ hasBody: fc.boolean(), bodyUntouched: fc.boolean(), writes: fc.boolean() },
  })
  fc.assert(
    fc.property(ended, request, fc.nat({ max: 5 }), (how, asked, retries) => {
      const end = typeof how === 'number' ? answer(how) : { ...fault(how.kind), sent: how.sent }
      if (pauseBeforeRepeat(end, asked, { ...standing, retries }) === undefined) return
      expect(retries).toBeLessThan(policy.times)
      if (!end.ok && end.sent === 'nothing' && end.fault !== 'upstream-closed') expect(asked.bodyUntouched).toBe(true)
      else {
        expect(asked.hasBody).toBe(false)
        expect(['GET', 'HEAD', ...(asked.writes ? [] : ['PUT', 'DELETE'])]).toContain(asked.method)
      }
    }),
  )
})

test('pauses are anything from nothing to a bound that doubles up to ten times the first', () => {
  expect([1, 2, 3, 4, 5, 9].map((retry) => backoffMs(retry, 20, 1))).toEqual([20, 40, 80, 160, 200, 200])
  expect(backoffMs(3, 20, 0)).toBe(0)
  const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), dice, (retry, thrown) => backoffMs(retry, 20, thrown) <= 200))
})

test('over any number of requests there are at most ten retries and the share of them', () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, fc.array(fc.boolean(), { maxLength: 500, size: 'max' }), (of, events) => {
      const budget = buildRetryBudget(of)
      let requests = 0
      let retries = 0
      for (const isRequest of events) {
        if (isRequest) {
          budget.request()
          requests += 1
        } else if (budget.take()) retries += 1
        expect(retries).toBeLessThanOrEqual(10 + of * requests + 1e-6)
      }
    }),
  )
})

test('a Retry-After is a whole number of seconds or a date of HTTP, and nothing else', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  expect(retryAfterMs('120', now)).toBe(120_000)
  for (const nonsense of [
    '',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    ' 1',
    '99999999999',
    '2026-11-21',
    'Sat, 99 Nov 2026 12:00:01 GMT',
  ])
    expect(retryAfterMs(nonsense, now)).toBeUndefined()
})

function fault(kind: FaultKind): UpstreamFault {
  const sent = kind === 'upstream-unreachable' || kind === 'upstream-connect-timeout' ? 'nothing' : 'maybe'
  return { ok: false, fault: kind, detail: '', sent }
}

function answer(status: number, headers: readonly string[] = []): UpstreamAnswer {
  const none = () => undefined
  const body = { whole: undefined, readBy: none, pause: none, resume: none, drop: none }
  return { ok: true, status, reason: '', headers, body, trailers: () => [], requestSent: () => true }
}
