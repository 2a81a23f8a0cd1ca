import type { AggregateKey } from '../capability.ts'

/** A place in a change feed. Opaque: only the dialect that made it can compare it. */
export type FeedPosition = string

/** A stretch of the feed, already coalesced. */
export interface FeedBatch {
  /** The aggregates that changed, each once. Changes that the sync itself made are left out. */
  readonly keys: readonly AggregateKey[]
  /** Everything up to here is in this batch, and nothing that commits later can come before it. */
  readonly through: FeedPosition
  /** Whether this batch reaches the head (or the horizon, when that is lower), as it was when the reading began. */
  readonly atHead: boolean
  /** The newest heartbeat in this batch, in milliseconds since 1970. */
  readonly beatAt: number | undefined
}

/** What waits behind a position. */
export interface Pending {
  readonly changes: number
  /** When the oldest of them was made, in milliseconds since 1970; undefined when none waits. */
  readonly oldestAt: number | undefined
  /**
   * Who holds the horizon down so that changes behind it cannot be read yet: `pid 4711 (psql), a transaction open for 61 s in database "reports"`.
   * Then the lag is unknown. Undefined: nobody.
   */
  readonly pinnedBy: string | undefined
}

/**
 * The ordered list of aggregates that changed in a database, captured by triggers that the sync installs from outside.
 * It says only *which* aggregate changed; the state is loaded afterwards, in a later snapshot.
 */
export interface ChangeFeed {
  /** Creates outbox and triggers, or renews the triggers when they are not as they should be. Idempotent; waits for locks only briefly, again and again. */
  install(): Promise<void>
  /** Takes away everything that `install` made. Idempotent. */
  remove(): Promise<void>
  /** Changes with each installation on a database without the feed: what was changed in between is unknown. Undefined: not installed. */
  identity(): Promise<string | undefined>
  /** The present end of the feed below the horizon: nothing that commits later comes before it. */
  head(): Promise<FeedPosition>
  /** Whether `position` lies at or behind `mark`: everything up to the mark was read. */
  hasPassed(position: FeedPosition, mark: FeedPosition): boolean
  /** Whether everything behind `position` is still in the feed (not pruned, not from another life of the database). */
  reaches(position: FeedPosition): Promise<boolean>
  /** The changes behind `after`, at most `limit` of them before coalescing. Reads the head first. */
  read(after: FeedPosition, limit: number): Promise<FeedBatch>
  /**
   * All aggregates behind `after`, also those beyond the horizon. Complete only while the capability is fenced here, for then no
   * writer is open. Throws `sync-tail-long` when there are more than `limit`.
   */
  tail(after: FeedPosition, limit: number): Promise<readonly AggregateKey[]>
  pending(after: FeedPosition): Promise<Pending>
  /** Writes a heartbeat into the feed, which flows through like a change: so an idle feed and a stuck one differ. */
  beat(now: number): Promise<void>
  /** Forgets what lies before `through`. */
  prune(through: FeedPosition): Promise<void>
  /** Resolves when the database may have changed, or after `atMostMs`. */
  wait(atMostMs: number, signal: AbortSignal | undefined): Promise<void>
  /** Ends what `wait` keeps open, such as a connection that listens. */
  close(): Promise<void>
}
