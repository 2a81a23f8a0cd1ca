import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RouteTally } from '../compare/index.ts'
import { evaluateGate, evaluateReplay } from './gate.ts'
import { quantileMs } from './p99.ts'
import type { Gate } from './plan.ts'
import type { ArmCounters, RouteCounters } from './readings.ts'

const none = {
  'both-refused': 0,
  'both-failed': 0,
  refused: 0,
  truncated: 0,
  'legacy-failed': 0,
  'service-failed': 0,
  'comparer-failed': 0,
  'not-asked': 0,
}

function tally(given: Partial<RouteTally>): RouteTally {
  const counts = { compared: 0, matched: 0, noise: 0, mismatched: 0, transient: 0, answered2xx: 0, shed: 0 }
  return { route: 'users.read', ...counts, notComparable: none, groups: [], groupsLeftOut: 0, ...given }
}

function arm(name: string, requests: number, given: { errors?: number; slow?: number } = {}): ArmCounters {
  const { errors = 0, slow = 0 } = given
  return { arm: name, requests, errors, latency: { boundsMs: [10, 100], counts: [requests - slow, slow, 0] } }
}

function counters(given: Partial<RouteCounters> = {}): RouteCounters {
  return { since: 'noon', tally: tally({}), arms: [], ...given }
}

const mismatches: Gate = { mismatches: { atMostShare: 0.005, samples: 600 } }
const all: Gate = {
  ...mismatches,
  errors: { atMostShare: 0.005, samples: 100 },
  p99: { atMostTimesLegacy: 1.2 },
  lag: { belowMs: 1000 },
}
const compared = (given: Partial<RouteTally>) =>
  counters({ tally: tally({ answered2xx: given.compared ?? 0, ...given }) })

describe('law 7: no vacuous green', () => {
  const good = counters({
    tally: tally({ compared: 1000, matched: 1000, answered2xx: 1000 }),
    arms: [arm('legacy', 1000), arm('service', 1000)],
  })
  const lag = { changes: 0, ms: 5 }

  test('a gate with all its samples passes (so that the others here mean something)', () => {
    expect(evaluateGate(all, { before: counters(), now: good, lag }).outcome).toBe('pass')
  })

  test.each([
    ['zero samples', { before: good, now: good, lag }],
    ['no edge that answers', { before: counters(), now: undefined, lag }],
    ['no counts at the beginning', { before: undefined, now: good, lag }],
    ['an edge that restarted', { before: counters(), now: { ...good, since: 'later' }, lag }],
    ['counts that went backwards', { before: good, now: counters({ arms: [arm('service', 3)] }), lag }],
    ['a lag that nobody measures', { before: counters(), now: good, lag: undefined }],
    ['a route that was never compared', { before: counters(), now: { ...good, tally: undefined }, lag }],
  ])('%s is unknown, never pass', (_what, sample) => {
    expect(evaluateGate(all, sample).outcome).toBe('unknown')
  })

  test('a gate without a condition is unknown', () => {
    expect(evaluateGate({}, { before: counters(), now: good, lag }).outcome).toBe('unknown')
  })

  test('so many that were gone when asked again may be a wrong value that comes and goes: unknown', () => {
    const gone = (transient: number) => compared({ compared: 1000, matched: 1000, transient })
    expect(evaluateGate(mismatches, { before: counters(), now: gone(10), lag: undefined }).outcome).toBe('pass')
    const many = evaluateGate(mismatches, { before: counters(), now: gone(11), lag: undefined })
    expect(many).toMatchObject({
      outcome: 'unknown',
      conditions: [
        { text: expect.stringContaining('11 more were gone when asked again, and more than 1 % is no lag') },
      ],
    })
    const wide: Gate = { mismatches: { atMostShare: 0.05, samples: 600 } }
    expect(evaluateGate(wide, { before: counters(), now: gone(50), lag: undefined }).outcome).toBe('pass')
  })

  test('a replay of nothing is unknown', () => {
    expect(evaluateReplay({ atMostShare: 1, samples: 1 }, []).outcome).toBe('unknown')
    expect(evaluateReplay({ atMostShare: 1, samples: 1 }, [tally({})]).outcome).toBe('unknown')
  })

  test('no counts whatever below the wanted samples ever pass', () => {
    const counts = fc.record({ compared: fc.nat(599), mismatched: fc.nat(599), shed: fc.nat(9999) })
    fc.assert(
      fc.property(counts, fc.nat(599), (given, answered2xx) => {
        const now = compared({ ...given, mismatched: Math.min(given.mismatched, given.compared), answered2xx })
        return evaluateGate(mismatches, { before: counters(), now, lag }).outcome !== 'pass'
      }),
    )
  })
})

const judge = (gate: Gate, now: RouteCounters, before = counters()) =>
  evaluateGate(gate, { before, now, lag: undefined }).conditions[0]

test('only what happened since the gate began counts', () => {
  const before = compared({ compared: 500, mismatched: 400, matched: 100 })
  const now = compared({ compared: 1100, mismatched: 400, matched: 700 })
  expect(judge(mismatches, now, before)).toMatchObject({ outcome: 'pass', value: 0, denominator: 600 })
})

test('a share above the limit fails, with value, threshold and denominator in one line', () => {
  expect(judge(mismatches, compared({ compared: 640, mismatched: 212 }))).toEqual({
    condition: 'mismatches',
    outcome: 'fail',
    value: 212 / 640,
    threshold: 0.005,
    denominator: 640,
    wanted: 600,
    text: '212 of 640 mismatched, at most 0.5 %',
  })
})

test('a gate fails as soon as it can no longer pass, and not before', () => {
  expect(judge(mismatches, compared({ compared: 9, mismatched: 3 }))?.outcome).toBe('unknown')
  expect(judge(mismatches, compared({ compared: 9, mismatched: 4 }))?.outcome).toBe('fail')
})

test('two arms that agree on refusing prove nothing: at least 80 % must have been answered 2xx', () => {
  const at = (answered2xx: number) => judge(mismatches, compared({ compared: 1000, matched: 1000, answered2xx }))
  expect(at(800)?.outcome).toBe('pass')
  expect(at(799)).toMatchObject({ outcome: 'unknown', text: expect.stringContaining('only 799 of them answered 2xx') })
})

test('a service that does not answer counts as a mismatch, though there is nothing to compare', () => {
  const now = compared({ compared: 600, matched: 600, notComparable: { ...none, 'service-failed': 9 } })
  const text = '0 of 609 mismatched, 9 without an answer of the service, at most 0.5 %'
  expect(judge(mismatches, now)).toMatchObject({ outcome: 'fail', text })
})

test('a gate does not open when more was left out than compared', () => {
  const now = compared({ compared: 600, matched: 600, shed: 500, notComparable: { ...none, truncated: 101 } })
  expect(judge(mismatches, now)).toMatchObject({
    outcome: 'unknown',
    text: expect.stringContaining('truncated 101, shed 500'),
  })
})

test('errors count only what the service served', () => {
  const gate: Gate = { errors: { atMostShare: 0.01, samples: 100 } }
  const at = (errors: number) =>
    judge(gate, counters({ arms: [arm('legacy', 900, { errors: 900 }), arm('service', 100, { errors })] }))
  expect(at(1)?.outcome).toBe('pass')
  expect(at(2)).toMatchObject({ outcome: 'fail', text: '2 of 100 failed, at most 1 %' })
})

test('p99 is judged against the legacy arm: of the same time, else of all that the edge has seen', () => {
  const gate: Gate = { p99: { atMostTimesLegacy: 1.2 } }
  const legacy = arm('legacy', 5000)
  const after = (slow: number) => counters({ arms: [legacy, arm('service', 200, { slow })] })
  expect(judge(gate, after(0), counters({ arms: [legacy] }))?.outcome).toBe('pass')
  expect(judge(gate, after(20), counters({ arms: [legacy] }))).toMatchObject({ outcome: 'fail', denominator: 200 })
})

test('p99 of fewer than 100 answers is unknown', () => {
  const now = counters({ arms: [arm('legacy', 5000), arm('service', 99)] })
  expect(judge({ p99: { atMostTimesLegacy: 1.2 } }, now)).toMatchObject({ outcome: 'unknown', denominator: 99 })
})

test('a lag above the limit is not yet a failure', () => {
  const judged = (ms: number) =>
    evaluateGate({ lag: { belowMs: 1000 } }, { before: undefined, now: undefined, lag: { changes: 3, ms } })
  expect(judged(999).outcome).toBe('pass')
  expect(judged(1000).outcome).toBe('unknown')
})

test('a quantile is interpolated inside its bucket, and infinite above the last bound', () => {
  expect(quantileMs({ latency: { boundsMs: [10, 20], counts: [50, 50, 0] } }, 0.75)).toBe(15)
  expect(quantileMs({ latency: { boundsMs: [10, 20], counts: [1, 0, 99] } }, 0.99)).toBe(Number.POSITIVE_INFINITY)
  expect(quantileMs({ latency: { boundsMs: [], counts: [] } }, 0.99)).toBeNaN()
})
