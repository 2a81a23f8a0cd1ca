import type { AggregateRows } from '../../anti-corruption/index.ts'
import type { AggregateKey } from '../capability.ts'
import type { FeedPosition } from './feed.ts'
import type { BackfillState, JobState, SyncSettings } from './job.ts'
import type { Lease, LeaseStore } from './lease.ts'
import type { Quarantined, QuarantineStore } from './quarantine.ts'
import type { AggregateReader, LoadedAggregates } from './reader.ts'

/** The new state of one aggregate of the target. */
export interface AggregateChange {
  /** The root's key in the target. */
  readonly key: AggregateKey
  /** What it becomes; only columns that it names are written. Undefined: it is removed. */
  readonly next: AggregateRows | undefined
  /** What the target holds now; undefined when it holds nothing. */
  readonly before: AggregateRows | undefined
}

/** A change that the target's constraints do not allow; nothing of it was written. */
export interface RefusedChange {
  readonly change: AggregateChange
  /** The database's words: `UNIQUE constraint failed: users.email`. */
  readonly reason: string
}

/** What must still hold when the sync saves. */
export interface SaveGuard {
  readonly lease: Lease
  /** The epoch of the target's owner row when this direction was begun; undefined where no ownership is installed. */
  readonly epoch: number | undefined
}

/** The side that is written, with the state of one sync job: all of it lives in the target's own database. */
export interface SyncTarget {
  readonly reader: AggregateReader
  readonly leases: LeaseStore
  /** Creates the tables of the sync's own state. Idempotent. */
  prepare(): Promise<void>
  /** The job's state; what a job has that never ran when the tables do not exist yet. */
  readJob(): Promise<JobState>
  /** Asks whoever holds the lease for a backfill. */
  wantBackfill(): Promise<void>
  writeSettings(settings: SyncSettings): Promise<void>
  /** Keeps what a verification found, with its job. */
  writeVerified(report: string): Promise<void>
  /** Sets the checkpoint of a job that does not run: never backwards within one feed. Used to note where the way back starts. */
  startFrom(feed: string, position: FeedPosition): Promise<void>
  /** Asks the worker to apply these aggregates (keys of the source) again, in their present state. Idempotent. */
  request(keys: readonly AggregateKey[]): Promise<void>
  /** Requests that were not applied yet, the oldest first. */
  requested(limit: number): Promise<readonly AggregateKey[]>
  /** Those that were set aside, the one whose last attempt is oldest first. */
  quarantined(limit: number): Promise<readonly Quarantined[]>
  countQuarantined(): Promise<number>
  /**
   * Runs `work` in one transaction of the target, marked as the sync's own; commits when it resolves, rolls back when it rejects.
   * Throws `sync-lease-lost` when `lease` is no longer the job's, and `sync-epoch-passed` when the target's owner row (if there is one) does not
   * name the *other* arm with exactly `guard.epoch`: then ownership has moved, and this direction must not be applied. `guard` undefined: there is no
   * owner row as far as the worker knows; where there is one after all, that is `sync-epoch-passed` too.
   */
  transaction<Result>(guard: SaveGuard, work: (transaction: TargetTransaction) => Promise<Result>): Promise<Result>
}

/** What can be done within one transaction of the target. */
export interface TargetTransaction {
  readonly quarantine: QuarantineStore
  load(keys: readonly AggregateKey[]): Promise<LoadedAggregates>
  /** Saves each aggregate wholly or not at all; gives back those that the constraints refuse, after trying them in every order that helps. */
  save(changes: readonly AggregateChange[]): Promise<readonly RefusedChange[]>
  /**
   * Saves all or none, as if at one instant: unique values are taken off the rows of the group first, so that they can change hands.
   * Gives back those that are refused even so; then nothing was written.
   */
  saveTogether(changes: readonly AggregateChange[]): Promise<readonly RefusedChange[]>
  /** The aggregates of the target that hold a unique value which `next` wants. */
  holdersOf(next: AggregateRows): Promise<readonly AggregateKey[]>
  /**
   * Whether the target surely holds no root between two keys, both included (`first` <= `last` in the target's order): then nothing need be loaded
   * before a backfill's chunk is saved. May answer false when it is not known cheaply.
   */
  holdsNoneBetween(first: AggregateKey, last: AggregateKey): Promise<boolean>
  /** Moves the checkpoint; `beatAt` where a heartbeat came through. */
  writeCheckpoint(feed: string, position: FeedPosition, beatAt?: number): Promise<void>
  writeBackfill(state: BackfillState): Promise<void>
  /** Takes requests away that were applied. */
  settleRequests(keys: readonly AggregateKey[]): Promise<void>
}
