import type { AggregateKey } from '../capability.ts'
import type { FeedPosition } from './feed.ts'

/** Where the backfill of a job stands. */
export type BackfillPhase = 'never' | 'wanted' | 'running' | 'done'

/** The backfill as it is kept in the target. */
export interface BackfillState {
  readonly phase: BackfillPhase
  /**
   * What a running backfill does: `copy` goes through the source, `sweep` then through the target for what the source no longer has. `fill` is a `copy` that began
   * with a target that held nothing: no sweep follows, for whatever the target holds since came through this job, which also follows its removal.
   */
  readonly step: 'fill' | 'copy' | 'sweep'
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
  /** The newest heartbeat of the source that came through, in milliseconds since 1970. */
  readonly beatAt: number | undefined
  readonly settings: SyncSettings
  /** What the last whole verification found; undefined: never verified. JSON of the engine's own making. */
  readonly verified: string | undefined
}

/** What an operator may set while a job runs: `banyan sync pause|resume|set`. */
export interface SyncSettings {
  /** A paused worker keeps its lease and heartbeat, and applies nothing. */
  readonly paused: boolean
  /** What a chunk of a backfill should take. Default 80. */
  readonly chunkTimeMs: number
  /** A backfill makes way for follow while the lag is above this. Default 2000. */
  readonly maxLagMs: number
  /** Aggregates per second that a backfill copies at most; undefined: as many as it can. */
  readonly maxRate: number | undefined
}

/** The settings of a job that nobody touched. */
export const usualSettings: SyncSettings = { paused: false, chunkTimeMs: 80, maxLagMs: 2000, maxRate: undefined }

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
  beatAt: undefined,
  settings: usualSettings,
  verified: undefined,
}
