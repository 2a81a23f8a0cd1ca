import type { JobState } from '../ports/job.ts'
import type { Lease } from '../ports/lease.ts'
import type { Progress } from '../progress.ts'
import { buildRate } from '../rate.ts'
import { progressOf, readStatus, unknownStatus } from '../status.ts'
import type { SyncJob } from '../sync-job.ts'
import { alignFeed } from './align.ts'
import { type AppliedThrough, buildEdgeTimes } from './applied-through.ts'
import { backfillChunk, startBackfill } from './backfill.ts'
import { buildChunkSize } from './chunk-size.ts'
import { buildDuties } from './duties.ts'
import { followOnce } from './follow.ts'
import { buildSteady } from './steady.ts'

/** How a worker runs. */
export interface WorkerOptions {
  readonly lease: Lease
  readonly leaseMs: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly appliedThrough: AppliedThrough | undefined
  /** Whether it runs a backfill that is wanted or unfinished. */
  readonly backfills: boolean
  /** Ends the work; asked after each step. */
  until(step: Step): boolean
}

/** What one step of the worker came to. */
export interface Step {
  readonly backfill: JobState['backfill']['phase']
  /** Everything up to the head that it read is applied. */
  readonly atHead: boolean
  /** There was nothing to do. */
  readonly idle: boolean
}

const idleMs = 100

/**
 * The loop of the worker that holds the lease: follows the feed and, in turn with it, runs the backfill, until `until` or the
 * signal ends it. One applier does both, so that a row deleted meanwhile does not come back. A database that is busy, down or
 * out of disk is tried again, with pauses; nothing is lost by that, for the checkpoint has not moved.
 */
export async function runWorker(job: SyncJob, options: WorkerOptions): Promise<void> {
  const report = buildReport(job, options.onProgress)
  const duties = buildDuties(job, options, report.now)
  const steady = buildSteady(job.clock, options.signal, async (trouble) => {
    report.trouble(trouble)
    await sayTrouble(job, options, trouble)
  })
  const work = buildStep(job, options)
  await steady.run(() => alignFeed(job, options.lease))
  while (options.signal?.aborted !== true) {
    const step = await steady.run(work)
    await steady.run(duties)
    if (step === undefined || options.until(step)) break
    if (step.idle) await steady.run(() => job.feed.wait(idleMs, options.signal))
  }
  await report.now().catch(() => undefined) // The last line is only for people; what it tells of is done.
}

function buildStep(job: SyncJob, { lease, appliedThrough, backfills }: WorkerOptions): () => Promise<Step> {
  const size = buildChunkSize(job.clock)
  const edges = buildEdgeTimes(appliedThrough, job.clock)
  let edgeTime: number | undefined
  return async () => {
    edgeTime ??= edges.take() // Before the head is read, else a write between the two would count as applied.
    const state = await job.target.readJob()
    const { atHead, applied, quarantined } = await followOnce(job, lease, state)
    if (atHead) {
      edges.passed(edgeTime)
      edgeTime = undefined
    }
    const { phase } = state.backfill
    if (!backfills || (phase !== 'wanted' && phase !== 'running')) {
      return { backfill: phase, atHead, idle: atHead && applied + quarantined === 0 }
    }
    const running = phase === 'wanted' ? await startBackfill(job, lease) : state.backfill
    const next = await backfillChunk(job, lease, { state: running, size })
    return { backfill: next.phase, atHead, idle: false }
  }
}

async function sayTrouble(job: SyncJob, { lease, leaseMs }: WorkerOptions, trouble: string | undefined): Promise<void> {
  // Where the target itself is down this cannot be written either: the lease runs out, and that is what the status tells then.
  await job.target.leases.renew(lease, job.clock.now(), { leaseMs, trouble }).catch(() => undefined)
}

interface Report {
  now(): Promise<void>
  /** Reports even when the databases cannot be asked. */
  trouble(trouble: string | undefined): void
}

function buildReport(job: SyncJob, onProgress: WorkerOptions['onProgress']): Report {
  const rate = buildRate(job.clock)
  let last = progressOf(unknownStatus(job), rate)
  return {
    now: async () => {
      if (onProgress === undefined) return
      last = progressOf(await readStatus(job), rate)
      onProgress(last)
    },
    trouble: (trouble) => {
      if (trouble !== undefined) onProgress?.({ ...last, lag: undefined, trouble })
    },
  }
}
