import type { DifferenceGroup, RouteTally } from '../compare/index.ts'
import { deltaOf, type RouteDelta, sumOf } from './delta.ts'
import { formatCount, formatShare } from './format.ts'
import { judgeP99 } from './p99.ts'
import type { Gate } from './plan.ts'
import type { ConditionReading, GateReading, GateSample, LagReading } from './readings.ts'

/** Of the compared samples, this share must have been answered 2xx: two arms that refuse alike prove nothing. */
const leastAnswered2xx = 0.8

/** Where what looks like a lag is more than this share, and more than may mismatch, it may be a service that is wrong at times. */
const mostTransient = 0.01

/** What may mismatch of so many samples at least. */
export type ShareLimit = NonNullable<Gate['mismatches']>

/**
 * Judges a gate by what was counted since it began (law 7: no vacuous green).
 *
 * Zero samples, an edge that restarted or does not answer, and a lag that nobody measures are *unknown*. A condition
 * fails as soon as it can no longer pass: with 600 samples and at most 0.5 %, at the fourth mismatch.
 */
export function evaluateGate(gate: Gate, sample: GateSample): GateReading {
  const delta = deltaOf(sample)
  const conditions = [
    ...(gate.mismatches === undefined ? [] : [judgeMismatches(gate.mismatches, delta)]),
    ...(gate.errors === undefined ? [] : [judgeErrors(gate.errors, delta)]),
    ...(gate.p99 === undefined ? [] : [judgeP99(gate.p99, delta)]),
    ...(gate.lag === undefined ? [] : [judgeLag(gate.lag, sample.lag)]),
  ]
  return { outcome: together(conditions), conditions, differences: differencesOf(delta) }
}

/** Judges a replay: the tallies of its routes together. */
export function evaluateReplay(limit: ShareLimit, tallies: readonly RouteTally[]): GateReading {
  const about = { condition: 'mismatches', threshold: limit.atMostShare, wanted: limit.samples } as const
  const [first, ...rest] = tallies
  const reading =
    first === undefined ? unknown(about, 'nothing was replayed') : judgeTally(about, limit, rest.reduce(sumOf, first))
  return { outcome: reading.outcome, conditions: [reading], differences: tallies.flatMap(({ groups }) => groups) }
}

/**
 * Whether replays are in doubt for so few answers that were gone when asked again that more replays may clear it: within three
 * standard deviations of as many as the bound lets pass (Poisson). Too few samples are never cleared by asking them again.
 */
export function isByChance({ atMostShare, samples }: ShareLimit, tallies: readonly RouteTally[]): boolean {
  const sum = (of: 'transient' | 'compared') => tallies.reduce((total, tally) => total + tally[of], 0)
  const most = Math.max(mostTransient, atMostShare) * sum('compared')
  return sum('compared') >= samples && sum('transient') > most && sum('transient') <= most + 3 * Math.sqrt(most)
}

function together(conditions: readonly ConditionReading[]): GateReading['outcome'] {
  if (conditions.some(({ outcome }) => outcome === 'fail')) return 'fail'
  return conditions.length > 0 && conditions.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'unknown'
}

function differencesOf(delta: RouteDelta): readonly DifferenceGroup[] {
  return delta.known ? (delta.tally?.groups ?? []) : []
}

function judgeMismatches(limit: ShareLimit, delta: RouteDelta): ConditionReading {
  const about = { condition: 'mismatches', threshold: limit.atMostShare, wanted: limit.samples } as const
  if (!delta.known) return unknown(about, delta.why)
  return delta.tally === undefined ? unknown(about, 'nothing was compared') : judgeTally(about, limit, delta.tally)
}

function judgeTally(about: About, limit: ShareLimit, tally: RouteTally): ConditionReading {
  const { bad, samples, text } = countMismatches(tally)
  const reading = judgeShare(about, limit, { bad, samples, text: `${text}, at most ${formatShare(limit.atMostShare)}` })
  if (reading.outcome !== 'pass') return reading
  const doubt = doubtIn(tally) ?? lagDoubt(limit, tally)
  return doubt === undefined ? reading : { ...reading, outcome: 'unknown', text: `${reading.text}; ${doubt}` }
}

/** A service that does not answer is no match: it counts against the service, though there is nothing to compare. */
function countMismatches(tally: RouteTally): { readonly bad: number; readonly samples: number; readonly text: string } {
  const unanswered = tally.notComparable['service-failed']
  const samples = tally.compared + unanswered
  const failed = unanswered === 0 ? '' : `, ${formatCount(unanswered)} without an answer of the service`
  const text = `${formatCount(tally.mismatched)} of ${formatCount(samples)} mismatched${failed}`
  return { bad: tally.mismatched + unanswered, samples, text }
}

function doubtIn(tally: RouteTally): string | undefined {
  if (tally.answered2xx < leastAnswered2xx * tally.compared) {
    return `only ${formatCount(tally.answered2xx)} of them answered 2xx, ${formatShare(leastAnswered2xx)} are wanted`
  }
  const { 'service-failed': _counted, ...others } = tally.notComparable
  const silent = Object.entries({ ...others, shed: tally.shed }).filter(([, count]) => count > 0)
  const total = silent.reduce((sum, [, count]) => sum + count, 0)
  if (total <= tally.compared) return undefined
  const why = silent.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(', ')
  return `${formatCount(total)} more could not be compared (${why})`
}

/** An edge keeps no earlier answers: it cannot tell a lag from a wrong value that comes and goes. */
function lagDoubt({ atMostShare }: ShareLimit, { transient, compared }: RouteTally): string | undefined {
  const most = Math.max(mostTransient, atMostShare)
  if (transient <= most * compared) return undefined
  return `${formatCount(transient)} more were gone when asked again, and more than ${formatShare(most)} is no lag for certain`
}

function judgeErrors(limit: ShareLimit, delta: RouteDelta): ConditionReading {
  const about = { condition: 'errors', threshold: limit.atMostShare, wanted: limit.samples } as const
  if (!delta.known) return unknown(about, delta.why)
  const { requests, errors } = delta.service
  const text = `${formatCount(errors)} of ${formatCount(requests)} failed, at most ${formatShare(limit.atMostShare)}`
  return judgeShare(about, limit, { bad: errors, samples: requests, text })
}

interface Counted {
  readonly bad: number
  readonly samples: number
  readonly text: string
}

function judgeShare(about: About, limit: ShareLimit, { bad, samples, text }: Counted): ConditionReading {
  const value = samples === 0 ? undefined : bad / samples
  const reading = { ...about, value, denominator: samples }
  // Even if every sample still to come were good, the share would stay above the limit.
  if (bad > limit.atMostShare * Math.max(samples, limit.samples)) return { ...reading, outcome: 'fail', text }
  if (samples >= limit.samples) return { ...reading, outcome: 'pass', text }
  return { ...reading, outcome: 'unknown', text: `${text}; ${formatCount(limit.samples)} samples are wanted` }
}

function judgeLag({ belowMs }: NonNullable<Gate['lag']>, lag: LagReading | undefined): ConditionReading {
  const about = { condition: 'lag', threshold: belowMs, wanted: 1 } as const
  if (lag === undefined) return unknown(about, 'the lag is not known: nothing follows')
  const text = `lag ${formatCount(lag.ms)} ms (${formatCount(lag.changes)} ${lag.changes === 1 ? 'change' : 'changes'}), below ${formatCount(belowMs)} ms`
  const outcome = lag.ms < belowMs ? 'pass' : 'unknown'
  return { ...about, outcome, value: lag.ms, denominator: 1, text: outcome === 'pass' ? text : `${text}: not yet` }
}

type About = Pick<ConditionReading, 'condition' | 'threshold' | 'wanted'>

function unknown(about: About, why: string): ConditionReading {
  return { ...about, outcome: 'unknown', value: undefined, denominator: 0, text: `${about.condition}: ${why}` }
}
