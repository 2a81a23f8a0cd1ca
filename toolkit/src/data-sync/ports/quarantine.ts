import type { AggregateKey } from '../capability.ts'

/** Why an aggregate was set aside: it cannot be translated, or the target's constraints refuse it. */
export type QuarantineKind = 'translation' | 'constraint'

/** An aggregate that was set aside, with all that is needed to see why. */
export interface Quarantined {
  /** The root's key in the source. */
  readonly key: AggregateKey
  readonly kind: QuarantineKind
  /** Every reason, in the order found: `st_cd: unknown code "Q"`. */
  readonly reason: string
  /** The aggregate in the source as JSON text; null when it is gone. */
  readonly sourceImage: string | null
  /** The aggregate in the target as JSON text; null when there is none. */
  readonly targetImage: string | null
  /** Milliseconds since 1970. */
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  readonly attempts: number
}

/** What is written of it; first seen and attempts are counted by the store. */
export type QuarantineEntry = Omit<Quarantined, 'firstSeenAt' | 'lastSeenAt' | 'attempts'>

/** Writes to the aggregates that were set aside. Nothing is dropped: they leave when a later attempt succeeds. */
export interface QuarantineStore {
  setAside(entry: QuarantineEntry, now: number): Promise<void>
  /** Takes these keys out, if they are in. */
  release(keys: readonly AggregateKey[]): Promise<void>
}
