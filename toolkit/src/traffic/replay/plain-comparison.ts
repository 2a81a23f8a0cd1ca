import type { Clock } from '../../base/index.ts'
import { buildTally, type Comparison, type Difference, mapDifferences } from '../../compare/index.ts'

/** Counts verdicts by route, and no more. */
export function buildPlainComparison(clock: Clock, redact: (difference: Difference) => Difference): Comparison {
  const tally = buildTally(clock)
  let compared = 0
  let mismatched = 0
  return {
    add: ({ route, exchange, request, verdict, answers }) => {
      if (verdict.kind !== 'not-comparable') compared += 1
      if (verdict.kind === 'mismatch') mismatched += 1
      tally.record({
        route,
        exchange,
        request,
        status: answers.legacy?.status,
        verdict: mapDifferences(verdict, redact),
      })
    },
    progress: () => ({ compared, mismatched }),
    finish: async () => ({
      outcome: compared === 0 ? 'unknown' : mismatched === 0 ? 'pass' : 'fail',
      conditions: [],
      routes: tally.report().map((entry) => ({
        route: entry.route,
        outcome: entry.mismatched === 0 ? 'pass' : 'fail',
        tally: entry,
        bound: { compared: entry.compared, mismatched: entry.mismatched, atMostShare: undefined, wanted: undefined },
        ownNoise: [],
        askedAgain: { transient: 0, persistent: 0 },
        shapes: [],
        latency: {},
      })),
      clusters: [],
      clustersLeftOut: 0,
      rules: [],
    }),
    close: () => {},
  }
}
