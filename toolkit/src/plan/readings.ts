import type { JsonObject } from '../base/index.ts'
import type { DifferenceGroup, RouteTally } from '../compare/index.ts'

/** Requests that one arm served: the edge's counts since it started. */
export interface ArmCounters {
  readonly arm: string
  readonly requests: number
  readonly errors: number
  /** `counts[i]` answers took at most `boundsMs[i]` (not cumulative); the last count is above every bound. */
  readonly latency: { readonly boundsMs: readonly number[]; readonly counts: readonly number[] }
}

/** What the edges counted for one route, summed over all of them. */
export interface RouteCounters {
  /** Changes when any edge starts anew: counts of another `since` cannot be subtracted. */
  readonly since: string
  readonly tally: RouteTally | undefined
  readonly arms: readonly ArmCounters[]
}

/** How far follow is behind, as measured just now. */
export interface LagReading {
  readonly changes: number
  readonly ms: number
}

/** What a verification found. */
export interface DriftReading {
  /** Both arms hold the same; undefined: nothing was compared, or not everything. */
  readonly equal: boolean | undefined
  readonly aggregates: number
  /** How many of them differ. */
  readonly drift: number
  /** For people: `users 7 email: "a" where "b" is expected`. */
  readonly samples: readonly string[]
}

/** How a cutover ended. */
export type CutoverReading =
  | { readonly outcome: 'done'; readonly evidence: JsonObject }
  /** Nothing has changed: the owner is who it was. */
  | { readonly outcome: 'undone'; readonly evidence: JsonObject; readonly why: string }

/** Where gates get their numbers from. What cannot be known is undefined, and never a zero. */
export interface Readings {
  counters(route: string): Promise<RouteCounters | undefined>
  lag(capability: string): Promise<LagReading | undefined>
}

/** What a gate is judged by: counts when it began, counts now, and the lag. */
export interface GateSample {
  readonly before: RouteCounters | undefined
  readonly now: RouteCounters | undefined
  readonly lag: LagReading | undefined
}

/** One condition of a gate, judged. */
export interface ConditionReading {
  readonly condition: 'mismatches' | 'errors' | 'p99' | 'lag' | 'drift' | 'cutover'
  readonly outcome: 'pass' | 'fail' | 'unknown'
  /** A share (0-1), milliseconds, a count of aggregates, or undefined when it is not known. */
  readonly value: number | undefined
  /** In the unit of `value`. */
  readonly threshold: number | undefined
  /** How many samples `value` rests on; 1 for a lag. */
  readonly denominator: number
  /** How many are wanted before a share says anything. */
  readonly wanted: number
  /** One line for people: `0 of 640 mismatched, at most 0.5 %`. */
  readonly text: string
}

/** A gate, judged: it passes when every condition does, and fails when one does. */
export interface GateReading {
  readonly outcome: 'pass' | 'fail' | 'unknown'
  readonly conditions: readonly ConditionReading[]
  /** What differed since the gate began, most frequent first. */
  readonly differences: readonly DifferenceGroup[]
}
