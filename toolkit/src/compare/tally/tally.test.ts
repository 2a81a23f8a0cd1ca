import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { Verdict } from '../verdict.ts'
import { formatRouteTally } from './format-tally.ts'
import { buildTally, type RouteTally, type TallyEntry } from './tally.ts'
import { tallySince } from './tally-since.ts'

const clock = { ...systemClock, now: () => Date.parse('2026-01-02T03:04:05Z') }

test('verdicts are counted per route, with the denominator that a gate needs', () => {
  const tally = buildTally(clock)
  tally.record(entry({ verdict: { kind: 'match' } }))
  tally.record(entry({ verdict: { kind: 'noise', differences: [difference('$.a')] }, status: 404 }))
  tally.record(entry({ verdict: mismatch('$.a') }))
  tally.record(entry({ verdict: { kind: 'not-comparable', why: 'both-refused' }, status: 401 }))
  tally.record(entry({ route: 'other', verdict: { kind: 'match' } }))
  tally.shed('users.read')
  tally.transient('users.read')
  const [route, other] = tally.report()
  expect(route).toMatchObject({ route: 'users.read', compared: 3, matched: 1, noise: 1, mismatched: 1, answered2xx: 2 })
  expect(route).toMatchObject({
    shed: 1,
    transient: 1,
    notComparable: { 'both-refused': 1, truncated: 0 },
    groupsLeftOut: 0,
  })
  expect(other).toMatchObject({ route: 'other', compared: 1 })
})

test('like differences are one group, counted once for each exchange, with the newest sample', () => {
  const tally = buildTally(clock)
  tally.record(entry({ exchange: 'x1', verdict: mismatch('$.items[0].id', '$.items[1].id') }))
  tally.record(entry({ exchange: 'x2', verdict: mismatch('$.items[7].id', '$["a[0]"]') }))
  expect(tally.report()[0]?.groups).toEqual([
    {
      kind: 'value',
      path: '$.items[*].id',
      count: 2,
      sample: { exchange: 'x2', at: '2026-01-02T03:04:05.000Z', request: 'GET /a', legacy: 1, service: 2 },
    },
    expect.objectContaining({ path: '$["a[0]"]', count: 1 }),
  ])
})

test('groups are bounded, and what finds no room is counted', () => {
  const tally = buildTally(clock)
  for (let index = 0; index < 80; index++) tally.record(entry({ verdict: mismatch(`$.field${index}`) }))
  tally.record(entry({ verdict: mismatch('$.field3') }))
  const [route] = tally.report()
  expect(route?.groups).toHaveLength(50)
  expect(route?.groups[0]).toMatchObject({ path: '$.field3', count: 2 })
  expect(route).toMatchObject({ mismatched: 81, groupsLeftOut: 30 })
})

test('what was counted since a report is the difference of two reports, whatever came before', () => {
  const verdict: fc.Arbitrary<Verdict> = fc.oneof(
    fc.constant<Verdict>({ kind: 'match' }),
    fc.constant<Verdict>({ kind: 'not-comparable', why: 'truncated' }),
    fc.constantFrom('$.a', '$.b', '$.c').map((path) => mismatch(path)),
  )
  fc.assert(
    fc.property(fc.array(verdict), fc.array(verdict), (earlier, later) => {
      const both = buildTally(clock)
      both.shed('users.read')
      for (const one of earlier) both.record(entry({ verdict: one }))
      const [before] = both.report()
      for (const one of later) both.record(entry({ verdict: one }))
      const [now] = both.report()
      const alone = buildTally(clock)
      alone.shed('users.read')
      for (const one of later) alone.record(entry({ verdict: one }))
      const since = now === undefined ? undefined : tallySince(now, before)
      expect(comparable(since)).toEqual(comparable({ ...alone.report()[0], shed: 0 }))
    }),
  )
})

test('a report after a restart, whose counters went back, is taken as it is', () => {
  const old = buildTally(clock)
  for (let index = 0; index < 5; index++) old.record(entry({ verdict: { kind: 'match' } }))
  const fresh = buildTally(clock)
  fresh.record(entry({ verdict: mismatch('$.a') }))
  const [now] = fresh.report()
  if (now !== undefined) expect(tallySince(now, old.report()[0])).toEqual(now)
})

test('a report is a frozen moment: later counting does not change it', () => {
  const tally = buildTally(clock)
  tally.record(entry({ verdict: { kind: 'not-comparable', why: 'truncated' } }))
  const [before] = tally.report()
  tally.record(entry({ verdict: { kind: 'not-comparable', why: 'truncated' } }))
  expect(before?.notComparable.truncated).toBe(1)
})

test('a route is reported with its denominator, its differences and a sample of each', () => {
  const tally = buildTally(clock)
  const createdAt = {
    kind: 'value',
    path: '$.createdAt',
    legacy: '2019-03-04T09:00Z',
    service: '2019-03-04T14:00Z',
  } as const
  for (let index = 0; index < 3; index++)
    tally.record(entry({ verdict: { kind: 'mismatch', differences: [createdAt] } }))
  tally.record(entry({ verdict: { kind: 'match' } }))
  tally.record(entry({ verdict: { kind: 'not-comparable', why: 'legacy-failed' } }))
  expect(tally.report().map((route) => formatRouteTally(route))).toEqual([
    'users.read   3 of 4 mismatched   (1 legacy-failed)\n  3x $.createdAt  legacy 09:00Z  service 14:00Z  (+5 h)  GET /a',
  ])
})

test('law 7: nothing compared is said to be unknown, never good', () => {
  const tally = buildTally(clock)
  tally.shed('users.read')
  tally.record(entry({ verdict: { kind: 'not-comparable', why: 'both-refused' } }))
  const [route] = tally.report()
  expect(route).toMatchObject({ compared: 0, mismatched: 0, answered2xx: 0 })
  if (route !== undefined)
    expect(formatRouteTally(route)).toBe('users.read   nothing compared: unknown   (1 shed, 1 both-refused)')
})

function entry(given: Partial<TallyEntry>): TallyEntry {
  return { route: 'users.read', exchange: 'x1', request: 'GET /a', status: 200, verdict: { kind: 'match' }, ...given }
}

function difference(path: string): Difference {
  return { kind: 'value', path, legacy: 1, service: 2 }
}

function mismatch(...paths: string[]): Verdict {
  return { kind: 'mismatch', differences: paths.map(difference) }
}

/** Without the order of groups that are equally frequent. */
function comparable(tally: Partial<RouteTally> | undefined) {
  const groups = [...(tally?.groups ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1))
  return { ...tally, groups }
}
