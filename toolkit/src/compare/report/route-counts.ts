import { type NotComparable, noneNotComparable } from '../verdict.ts'
import { buildLatencyCollector, type LatencyCollector } from './build-latency.ts'

const maxShapes = 300
const otherShapes = 'other shapes'

/** What is counted of one route while exchanges come. What mismatches is decided at the end. */
export interface RouteCounts {
  readonly route: string
  capability: string | undefined
  compared: number
  /** By the comparer: match, or noise by a rule. */
  matched: number
  noise: number
  answered2xx: number
  /** Mismatches that were gone after the lag, and that a lag may have made: counted as matched. */
  transient: number
  /** Those of them of which nobody saw legacy give the older value. */
  unseen: number
  /** Mismatches that were still there, or that no lag can have made. */
  persistent: number
  /** Those of them that were gone. */
  flapping: number
  /** Of all that was compared together: how long the slower arm took, in ms. */
  windowMs: number
  /** Exchanges that were drawn to be asked twice. */
  drawn: number
  differencesLeftOut: number
  readonly notComparable: Record<NotComparable, number>
  /** Compared, by shape. */
  readonly shapes: Map<string, number>
  readonly statuses: Set<number>
  readonly latency: { readonly legacy: LatencyCollector; readonly service: LatencyCollector }
}

/** Starts counting a route. */
export function buildRouteCounts(route: string): RouteCounts {
  return {
    ...{ route, capability: undefined, compared: 0, matched: 0, noise: 0, answered2xx: 0 },
    ...{ transient: 0, unseen: 0, persistent: 0, flapping: 0, drawn: 0, differencesLeftOut: 0, windowMs: 0 },
    notComparable: noneNotComparable(),
    shapes: new Map(),
    statuses: new Set(),
    latency: { legacy: buildLatencyCollector(), service: buildLatencyCollector() },
  }
}

/** Counts a shape, and gives it, or `other shapes` when there are too many. */
export function countShape({ shapes }: RouteCounts, shape: string): string {
  const counted = shapes.has(shape) || shapes.size < maxShapes ? shape : otherShapes
  shapes.set(counted, (shapes.get(counted) ?? 0) + 1)
  return counted
}
