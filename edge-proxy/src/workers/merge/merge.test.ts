import { once } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { systemClock } from '@banyan/toolkit/base'
import { buildTally, type RouteTally, type Verdict } from '@banyan/toolkit/compare'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HoldRequest } from '../../admin/admin-api.ts'
import { buildLedger } from '../ledger.ts'
import { mergeApplied, mergeReleases, shareOfHold } from './merge-cutover.ts'
import { countersOf, formatMetrics, mergeMetrics, parseMetrics } from './merge-metrics.ts'
import { mergeLines, mergeRecording } from './merge-recording.ts'
import { mergeProofs } from './merge-status.ts'
import { mergeStreams } from './merge-streams.ts'
import { mergeTallies } from './merge-tallies.ts'

const verdicts = fc.constantFrom<Verdict>(
  { kind: 'match' },
  { kind: 'noise', accepted: [] } as unknown as Verdict,
  { kind: 'mismatch', differences: [{ kind: 'value', path: '$.a', legacy: 1, service: 2 }] } as unknown as Verdict,
  { kind: 'mismatch', differences: [{ kind: 'value', path: '$.b', legacy: 1, service: 2 }] } as unknown as Verdict,
  { kind: 'not-comparable', why: 'legacy-failed' },
)

test('what is compared by several workers counts as if one had compared it', () => {
  const entry = fc.record({ route: fc.constantFrom('r', 's'), worker: fc.nat(2), verdict: verdicts })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const whole = buildTally(systemClock)
      const parts = [buildTally(systemClock), buildTally(systemClock), buildTally(systemClock)]
      for (const { route, worker, verdict } of entries) {
        for (const tally of [whole, parts[worker]])
          tally?.record({ route, verdict, exchange: 'e', request: 'GET /', status: 200 })
      }
      expect(counts(mergeTallies(parts.map((tally) => tally.report())))).toEqual(counts(whole.report()))
    }),
  )
})

function counts(tallies: readonly RouteTally[]) {
  const plain = tallies.map(({ groups, ...rest }) => ({
    ...rest,
    groups: groups.map(({ path, count }) => `${path} ${count}`).toSorted(),
  }))
  return plain.toSorted((a, b) => (a.route < b.route ? -1 : 1))
}

const metrics = (requests: number, queued: number) => `# HELP r_total Requests
# TYPE r_total counter
r_total{route="a b",arm="x"} ${requests}
# HELP q Queued
# TYPE q gauge
q ${queued}
# TYPE banyan_lag_seconds gauge
banyan_lag_seconds ${queued}
`

test('metrics are added by name and labels, and of delays the longest is shown', () => {
  const merged = mergeMetrics([metrics(3, 1), metrics(4, 2)].map(parseMetrics))
  const text = [...formatMetrics(merged)].join('')
  expect(text).toContain('# TYPE r_total counter\nr_total{route="a b",arm="x"} 7\n')
  expect(text).toContain('\nq 3\n')
  expect(text).toContain('\nbanyan_lag_seconds 2\n')
  expect([...formatMetrics(parseMetrics(text))].join('')).toBe(text)
})

test('a counter that was shown never goes back, whoever goes', () => {
  const ledger = buildLedger(mergeMetrics)
  const shown = () => mergeMetrics(ledger.readings()).get('r_total')?.series.get('r_total{route="a b",arm="x"}')
  ledger.saw(1, countersOf(parseMetrics(metrics(3, 1))))
  ledger.saw(2, countersOf(parseMetrics(metrics(4, 1))))
  expect(shown()).toBe(7)
  ledger.gone(1)
  expect(shown()).toBe(7)
  ledger.saw(3, countersOf(parseMetrics(metrics(1, 1))))
  ledger.gone(2)
  expect(shown()).toBe(8)
  // What a worker queued is not queued any more.
  expect(mergeMetrics(ledger.readings()).has('q')).toBe(false)
})

test('the shares of a hold are the whole, and no two differ by more than one', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 16 }),
      (maxRequests, maxBytes, workers) => {
        const request: HoldRequest = { capability: 'users', epoch: 1, maxHoldMs: 1, maxRequests, maxBytes }
        const shares = Array.from({ length: workers }, (_, at) => shareOfHold(request, at, workers))
        for (const bound of ['maxRequests', 'maxBytes'] as const) {
          const each = shares.map((share) => share[bound])
          expect(each.reduce((sum, share) => sum + share, 0)).toBe(request[bound])
          expect(Math.max(...each) - Math.min(...each)).toBeLessThan(2)
        }
      },
    ),
  )
})

test('a time that has come for all is the earliest, and a report is taken when all take it', () => {
  expect(
    mergeApplied([
      { now: 7, taken: true },
      { now: 5, taken: false },
    ]),
  ).toEqual({ now: 5, taken: false })
  expect(mergeApplied([{ now: 7 }, { now: 9 }])).toEqual({ now: 7 })
})

test('a release tells of all that was held, and of so many waits as fit', () => {
  const waitsMs = Array.from({ length: 9_000 }, (_, n) => n)
  const merged = mergeReleases([1, 2].map(() => ({ held: 9_000, released: 8_999, refused: 1, left: 0, waitsMs })))
  expect(merged).toMatchObject({ held: 18_000, released: 17_998, refused: 2, left: 0 })
  expect(merged.waitsMs).toHaveLength(10_000)
  expect(merged.waitsMs).toEqual(merged.waitsMs.toSorted((a, b) => a - b))
})

test('a shadow that fails in one worker is failed; one that is proven in one is proven', () => {
  const proof = (state: 'proven' | 'unknown' | 'failed') => ({
    route: 'r',
    state,
    by: undefined,
    at: undefined,
    why: undefined,
  })
  expect(mergeProofs([[proof('unknown')], [proof('proven')]])).toEqual([proof('proven')])
  expect(mergeProofs([[proof('proven')], [proof('failed')]])).toEqual([proof('failed')])
})

test('recordings of several workers become one: one header, as many exchanges as wanted, one end', () => {
  const merge = mergeRecording(2)
  expect(merge.take('{"banyanRecording":1,"routes":[]}')).toMatchObject({ line: expect.any(String), last: false })
  expect(merge.take('{"banyanRecording":1,"routes":[]}').line).toBeUndefined()
  expect(merge.take('{"id":"a"}')).toEqual({ line: '{"id":"a"}', last: false })
  expect(merge.take('{"end":true,"exchanges":1,"dropped":4}').line).toBeUndefined()
  expect(merge.take('{"id":"b"}')).toEqual({ line: '{"id":"b"}', last: true })
  expect(merge.end()).toBe('{"end":true,"exchanges":2,"dropped":4}')
})

test('a stream whose reader left before it began is over at once, and lets go of what a worker writes for it', async () => {
  const sink = new PassThrough().destroy()
  await once(sink, 'close')
  const merged = mergeStreams(sink, mergeLines())
  await merged.over
  const written = new IncomingMessage(new Socket())
  merged.add(written)
  expect(written.destroyed).toBe(true)
})
