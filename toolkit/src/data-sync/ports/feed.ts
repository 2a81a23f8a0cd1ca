import type { AggregateKey } from '../capability.ts'

/** A place in a change feed. Opaque: only the dialect that made it can compare it. */
export type FeedPosition = string

/** A stretch of the feed, already coalesced. */
export interface FeedBatch {
  /** The aggregates that changed, each once. Changes that the sync itself made are left out. */
  readonly keys: readonly AggregateKey[]
  /** Everything up to here is in this batch. */
  readonly through: FeedPosition
  /** Whether this batch reaches the head, as it was when the reading began. */
  readonly atHead: boolean
}

/** What waits behind a position. */
export interface Pending {
  readonly changes: number
  /** When the oldest of them was made, in milliseconds since 1970; undefined when none waits. */
  readonly oldestAt: number | undefined
}

/**
 * The ordered list of aggregates that changed in a database, captured by triggers that the sync installs from outside.
 * It says only *which* aggregate changed; the state is loaded afterwards, in a later snapshot.
 */
export interface ChangeFeed {
  /** Creates outbox and triggers, or renews the triggers when they are not as they should be. Idempotent. */
  install(): Promise<void>
  /** Takes away everything that `install` made. Idempotent. */
  remove(): Promise<void>
  /** Changes with each installation on a database without the feed: what was changed in between is unknown. Undefined: not installed. */
  identity(): Promise<string | undefined>
  /** The present end of the feed. */
  head(): Promise<FeedPosition>
  /** Whether everything behind `position` is still in the feed (not pruned, not from another life of the database). */
  reaches(position: FeedPosition): Promise<boolean>
  /** The changes behind `after`, at most `limit` of them before coalescing. Reads the head first. */
  read(after: FeedPosition, limit: number): Promise<FeedBatch>
  pending(after: FeedPosition): Promise<Pending>
  /** Forgets what lies before `through`. */
  prune(through: FeedPosition): Promise<void>
  /** Resolves when the database may have changed, or after `atMostMs`. */
  wait(atMostMs: number, signal: AbortSignal | undefined): Promise<void>
}
