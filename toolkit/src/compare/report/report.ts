import type { Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { RouteTally } from '../tally/tally.ts'
import type { WrittenReport } from './written-report.ts'

/**
 * What comparing two arms gave, whole: one document for the terminal, `--json`, `--junit` and `--html`. All values in it
 * were redacted. Shares run from 0 to 1.
 */
export interface ComparisonReport {
  readonly formatVersion: 1
  /** What stands on the two sides of each difference: `legacy` or `recorded`, against `service` or `legacy`. */
  readonly sides: readonly [string, string]
  /** Base URLs without credentials, by arm; undefined for an arm that was not asked. */
  readonly arms: { readonly legacy?: string; readonly service?: string }
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
  /** Law 7: nothing compared is `unknown`, and unknown never opens a gate. */
  readonly outcome: Outcome
  /** Each condition of the gate, as a sentence with its numbers. */
  readonly conditions: readonly { readonly outcome: Outcome; readonly text: string }[]
  readonly exchanges: ExchangeCounts
  readonly routes: readonly RouteComparison[]
  readonly clusters: readonly DifferenceCluster[]
  /** Differences that found no cluster any more, because a bound was reached. */
  readonly clustersLeftOut: number
  readonly rules: readonly RuleUse[]
  readonly coverage?: Coverage
  readonly ids?: IdReport
  readonly written?: WrittenReport
  /** What was forgotten or not done because a bound was reached; none is left out of here. */
  readonly bounds?: readonly BoundReached[]
  /** True when it was ended before the recording was. */
  readonly interrupted: boolean
}

/** So much was left out because a bound was reached: `48 000 values of earlier answers were forgotten`. */
export interface BoundReached {
  readonly count: number
  /** What follows the count. */
  readonly what: string
}

/** How a gate stands. */
export type Outcome = 'pass' | 'fail' | 'unknown'

/** Exchanges read = sent + all that was skipped (+ what an interruption left). */
export interface ExchangeCounts {
  readonly read: number
  readonly sent: number
  /** By reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Lines of the recording that are no exchange, and the first of them. */
  readonly malformed: number
  readonly malformedLines: readonly { readonly line: number; readonly why: string }[]
  /** The recorder said that it left so many out. */
  readonly dropped: number
}

/** The most that the true share of mismatches may be, at 95 % confidence (one-sided, exact: Clopper and Pearson 1934). */
export interface MismatchBound {
  readonly compared: number
  readonly mismatched: number
  /** Undefined when nothing was compared. */
  readonly atMostShare: number | undefined
  /** How many clean exchanges a bound of `share` needs; undefined where no share above 0 is wanted. */
  readonly wanted: { readonly share: number; readonly cleanNeeded: number } | undefined
}

/** One route, with its denominators. */
export interface RouteComparison {
  readonly route: string
  readonly outcome: Outcome
  readonly tally: RouteTally
  readonly bound: MismatchBound
  /** Noise that two runs of the same arm showed, without any rule, by path. */
  readonly ownNoise: readonly { readonly path: string; readonly kind: Difference['kind']; readonly exchanges: number }[]
  readonly askedAgain: AskedAgainCounts
  /** Per shape class (status, parameters present, body shape), the most frequent first. */
  readonly shapes: readonly ShapeComparison[]
  readonly latency: { readonly legacy?: LatencyDistribution; readonly service?: LatencyDistribution }
}

/** Mismatches that were asked again after the sync's lag. */
export interface AskedAgainCounts {
  /** Gone, and counted as matched, for a lag may have made them. */
  readonly transient: number
  /** Those of the transient ones of which nobody saw legacy give the older value: beyond the wanted share, a doubt. */
  readonly unseen: number
  /** Still there, or gone though no lag can have made them. */
  readonly persistent: number
  /** Those of the persistent ones that were gone. */
  readonly flapping: number
}

/** One shape class of a route. */
export interface ShapeComparison {
  /** For people: `200 ?status {id,name,addresses[]}`. */
  readonly shape: string
  readonly compared: number
  readonly mismatched: number
  readonly atMostShare: number | undefined
}

/** How long an arm took, with enough buckets to draw it. */
export interface LatencyDistribution {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Upper limits in ms, ascending, with the number of answers up to each and above the one before. */
  readonly buckets: readonly { readonly upToMs: number; readonly count: number }[]
}

/** Like differences of one route that have one pattern, and so probably one cause. */
export interface DifferenceCluster {
  /** Stable for the same route, kind, path and pattern: `c-3f9a12`. */
  readonly id: string
  readonly route: string
  readonly kind: Difference['kind']
  /** With `[*]` for every array index. */
  readonly path: string
  /** What all its differences have in common, in a word: `times-100`, `hours+5`, `case`, `enum`, `none`. */
  readonly pattern: string
  /** A guess at the cause as a sentence; undefined where nobody can tell. */
  readonly cause: string | undefined
  /** How many exchanges show it. */
  readonly exchanges: number
  readonly differences: number
  readonly first: DifferenceSample
  readonly last: DifferenceSample
  /** What would remove it, tried on all that was compared before it is offered. */
  readonly remedy: Remedy | undefined
  /** How many of its differences were gone when both arms were asked again, though no lag can have made them. */
  readonly flapping?: number
  /**
   * Where legacy alone is noisy at this path too: how often the same shows between two answers of legacy, of those that
   * were asked twice, and how often it does here. It is far too often here to be that noise.
   */
  readonly besideNoise?: { readonly askedTwice: number; readonly legacyAlone: number; readonly here: number }
}

/** A rule or a change of the translator that would remove a cluster. */
export interface Remedy {
  readonly kind: 'rule' | 'translator'
  /** YAML for a rule, a sentence for a translator. */
  readonly text: string
  /** How many differences of the cluster it removes. */
  readonly removes: number
  /** How many differences outside the cluster it would hide. */
  readonly hidesOthers: number
  /** A change of the translator: how many of the matching exchanges that it was tried on it would make mismatch. */
  readonly breaks?: { readonly exchanges: number; readonly triedOn: number }
  /** True when a bound was reached and it could not be tried on all mismatches. */
  readonly triedOnSome?: boolean
}

/** One difference where it was met. */
export interface DifferenceSample {
  readonly exchange: string
  readonly at: string
  /** Method and target. */
  readonly request: string
  /** The concrete path: `$.items[3].price`. */
  readonly path: string
  readonly legacy: Json | undefined
  readonly service: Json | undefined
  /** Both whole answers, redacted and bounded; undefined where they were not kept. */
  readonly answers?: { readonly legacy: ShownAnswer; readonly service: ShownAnswer }
}

/** An answer as it is shown beside the other: at most 16 KiB of body. */
export interface ShownAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly truncated: boolean
}

/** What a rule did: one that matched nothing is as telling as one that hid too much. */
export interface RuleUse {
  /** The capability (or route) whose rule it is. */
  readonly capability: string
  readonly path: string
  /** As written: `ignore`, `set`, `keyed: sku`, `tolerance: 0.01`. */
  readonly how: string
  readonly reason: string
  /** Exchanges in which it hid a difference. */
  readonly hid: number
  readonly state: 'used' | 'unused' | 'expired' | 'overrun'
  readonly until: string | undefined
  readonly atMostShare: number | undefined
}

/** What production shows and the compared exchanges lack. */
export interface Coverage {
  /** Where "production" comes from: `the edge's counters since 2026-11-21T10:00:00Z`, `recording all.ndjson`. */
  readonly source: string
  readonly seen: number
  readonly lacking: readonly {
    readonly route: string
    readonly what: 'route' | 'status' | 'shape'
    readonly value: string
    readonly count: number
  }[]
}

/** What is known of ids that both arms gave to the same thing. */
export interface IdReport {
  readonly pairs: number
  /** Exchanges that carried a value which an earlier answer brought forth, and on how many both arms had their own for it. */
  readonly dependent: { readonly exchanges: number; readonly resolved: number; readonly unresolved: number }
  /** Where the pairs were learnt, most pairs first, at most 200 fields and the others together: a field that holds no ids stands out. */
  readonly learnt?: readonly {
    readonly route: string
    /** In an answer (`$.customerId`, `header:location`), or in what a request carries (`query customer`). */
    readonly place: string
    readonly pairs: number
    /** Undefined where they are sessions or tokens. */
    readonly first: { readonly legacy: string; readonly service: string; readonly exchange: string } | undefined
  }[]
  /** One id of an arm that met two of the other. */
  readonly conflicts: readonly {
    readonly legacy: string
    readonly service: readonly string[]
    readonly exchange: string
  }[]
}
