import type { AggregateKey } from '../capability.ts'
import type { FeedPosition } from './feed.ts'

/** Where the backfill of a job stands. */
export type BackfillPhase = 'never' | 'wanted' | 'running' | 'done'

/** The backfill as it is kept in the target. */
export interface BackfillState {
  readonly phase: BackfillPhase
  /** What a running backfill does: `copy` goes through the source, `sweep` through the target for what the source no longer has. */
  readonly step: 'copy' | 'sweep'
  /** The last key that this step has passed; undefined at its start. */
  readonly cursor: AggregateKey | undefined
  /** Aggregates that were copied, of `total` that were there when it began. */
  readonly copied: number
  readonly total: number
  /** Milliseconds since 1970. */
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  /** Why it is wanted, when nobody asked: `the change feed was installed anew`. */
  readonly why: string | undefined
}

/** The state of a sync job, kept in the target and changed only together with what it tells of. */
export interface JobState {
  /** The identity of the feed that `position` belongs to. */
  readonly feed: string | undefined
  /** The checkpoint: everything up to here is applied. */
  readonly position: FeedPosition | undefined
  readonly backfill: BackfillState
}

/** The state of a job that never ran. */
export const newJob: JobState = {
  feed: undefined,
  position: undefined,
  backfill: {
    phase: 'never',
    step: 'copy',
    cursor: undefined,
    copied: 0,
    total: 0,
    startedAt: undefined,
    finishedAt: undefined,
    why: undefined,
  },
}
