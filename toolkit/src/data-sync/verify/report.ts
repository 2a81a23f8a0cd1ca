import type { AggregateKey } from '../capability.ts'
import type { FeedPosition } from '../ports/feed.ts'

/** In what way an aggregate of the target is not what the source's translates to. */
export type DriftKind = 'missing' | 'extra' | 'different' | 'untranslatable' | 'quarantined'

/** One place where the target drifted from the source. */
export interface Drifted {
  /** The root's key in the source. */
  readonly key: AggregateKey
  readonly kind: DriftKind
  /** The field: `email`, `addresses[30].line1`; '' where it is the whole aggregate. */
  readonly path: string
  /** What is wrong, for people: `"a@x" where "b@x" is expected`. */
  readonly detail: string
}

/** What a verification found. */
export interface VerifyReport {
  readonly capability: string
  readonly direction: 'to service' | 'to legacy'
  /** Every aggregate of one side is the translation of the other's. Undefined: unknown, since there was nothing to compare or it did not finish (law 7). */
  readonly equal: boolean | undefined
  /** Aggregates of the source that were compared. */
  readonly aggregates: number
  /** The checkpoint up to which this is known; undefined when nothing was ever followed. */
  readonly position: FeedPosition | undefined
  /** Aggregates per kind; an aggregate counts once. */
  readonly drift: Readonly<Record<DriftKind, number>>
  /** The first field of each of the first aggregates that drifted. */
  readonly samples: readonly Drifted[]
  /** Aggregates that differed at first sight and were looked at again after follow had passed them. */
  readonly rechecked: number
  /** Every aggregate was looked at, and each that differed was confirmed or cleared. */
  readonly complete: boolean
  /** Why it is not complete. */
  readonly why?: string
  readonly totals?: TotalsReport
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly tookMs: number
}

/** One declared sum on both sides. */
export interface TotalResult {
  readonly name: string
  /** Undefined: unknown, for writes came in between at each try. */
  readonly equal: boolean | undefined
  /** The rows that only one side has, as they were written: `open 17`. At most 20 of each. */
  readonly onlyLegacy: readonly string[]
  readonly onlyService: readonly string[]
  readonly rows: number
}

/** The declared sums, compared on both sides at one position. */
export interface TotalsReport {
  /** Undefined: unknown, or none is declared (law 7). */
  readonly equal: boolean | undefined
  readonly position: FeedPosition | undefined
  readonly totals: readonly TotalResult[]
  /** How often it was tried until no write came in between. */
  readonly tries: number
}

/** What a repair does to one aggregate of the target. */
export interface RepairFix {
  /** The root's key in the source. */
  readonly key: AggregateKey
  readonly kind: DriftKind
  readonly changes: readonly FieldFix[]
}

/** One field: what it is, and what it becomes. Texts as JSON; undefined: not there. */
export interface FieldFix {
  readonly path: string
  readonly is: string | undefined
  readonly becomes: string | undefined
}

/** What a repair found and did. */
export interface RepairReport {
  readonly capability: string
  readonly direction: 'to service' | 'to legacy'
  readonly dryRun: boolean
  /** Aggregates that drifted. */
  readonly found: number
  /** Of the first 100. */
  readonly fixes: readonly RepairFix[]
  /** Aggregates that are equal now. */
  readonly repaired: number
  /** What is not, even so: quarantined, or untranslatable. */
  readonly left: readonly Drifted[]
  /** Whether all drift was found and looked at again. */
  readonly complete: boolean
}
