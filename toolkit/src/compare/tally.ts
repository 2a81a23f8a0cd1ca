import type { Difference } from './difference.ts'
import type { NotComparable } from './verdict.ts'

/** Like differences of one route: same kind and path, counted, with the newest sample. */
export interface DifferenceGroup {
  readonly kind: Difference['kind']
  readonly path: string
  readonly count: number
  readonly sample: {
    readonly exchange: string
    readonly at: string
    /** Method and target of the request. */
    readonly request: string
    readonly legacy: Difference['legacy']
    readonly service: Difference['service']
  }
}

/** What comparing gave for one route, with its denominator `compared` = matched + noise + mismatched. */
export interface RouteTally {
  readonly route: string
  readonly compared: number
  readonly matched: number
  readonly noise: number
  readonly mismatched: number
  /** Mismatches that were gone when both arms were asked again after follow had passed; counted as matched. */
  readonly transient: number
  readonly notComparable: Readonly<Record<NotComparable, number>>
  /** Of `compared`: how many the serving arm answered with 2xx. */
  readonly answered2xx: number
  /** Requests that were to be shadowed and were not, because a bound was reached. */
  readonly shed: number
  /** At most `maxGroups`, the most frequent; `groupsLeftOut` counts the rest. */
  readonly groups: readonly DifferenceGroup[]
  readonly groupsLeftOut: number
}
