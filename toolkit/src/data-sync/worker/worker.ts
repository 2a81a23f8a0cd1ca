import { Fault } from '../../base/index.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { Progress } from '../progress.ts'
import type { SyncStatus } from '../status.ts'
import type { SyncJob } from '../sync-job.ts'
import { alignFeed } from './align.ts'
import type { AppliedThrough } from './applied-through.ts'
import { buildDuties } from './duties.ts'
import { buildReport } from './report.ts'
import { buildSteady } from './steady.ts'
import { buildStep, type Step } from './step.ts'

/** How a worker runs. */
export interface WorkerOptions {
  readonly guard: SaveGuard
  readonly leaseMs: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: Progress) => void) | undefined
  readonly appliedThrough: AppliedThrough | undefined
  /** Whether it runs a backfill that is wanted or unfinished. */
  readonly backfills: boolean
  /** Ends the work; asked after each step. */
  until(step: Step): boolean
  /** Throws `sync-epoch-passed` when another direction is to be followed by now. */
  checkCourse(): Promise<void>
  /** Throws `sync-schema-changed` when a database table was altered so that the manifest no longer fits. */
  checkSchema(): Promise<void>
  /** Moves the start of the idle direction forward. */
  keepIdle(): Promise<void>
  /** A cutover waits for this worker: it looks for requests more often. */
  isUrgent(): boolean
  readStatus(): Promise<SyncStatus>
}

const idleMs = 100
const urgentMs = 10

/**
 * The loop of the worker that holds the lease: follows the feed and, in turn with it, runs the backfill, until `until` or the
 * signal ends it. One applier does both, so that a row deleted meanwhile does not come back. A database that is busy, down or
 * out of disk is tried again, with pauses; nothing is lost by that, for the checkpoint has not moved.
 */
export async function runWorker(job: SyncJob, options: WorkerOptions): Promise<void> {
  const { guard, signal } = options
  const report = buildReport(job, options)
  const duties = buildDuties(job, options, report.now)
  const steady = buildSteady(job.clock, signal, async (trouble) => {
    report.trouble(trouble)
    await sayTrouble(job, options, trouble)
  })
  const work = buildStep(job, options)
  try {
    await steady.run(async () => {
      await alignFeed(job, guard)
      await job.feed.beat(job.clock.now())
    })
    while (signal?.aborted !== true) {
      const step = await steady.run(work)
      await steady.run(duties)
      if (step === undefined || options.until(step)) break
      if (step.idle) await steady.run(() => job.feed.wait(options.isUrgent() ? urgentMs : idleMs, signal))
    }
  } catch (thrown) {
    throw await explained(thrown, options)
  }
  await report.now().catch(() => undefined) // The last line is only for people; what it tells of is done.
}

async function sayTrouble(job: SyncJob, { guard, leaseMs }: WorkerOptions, trouble: string | undefined): Promise<void> {
  // Where the target itself is down this cannot be written either: the lease runs out, and that is what the status tells then.
  await job.target.leases.renew(guard.lease, job.clock.now(), { leaseMs, trouble }).catch(() => undefined)
}

// What the database says of a column that is gone is true, and of little help.
async function explained(thrown: unknown, { checkSchema }: WorkerOptions): Promise<unknown> {
  if (thrown instanceof Fault && thrown.code !== 'sync-schema-differs') return thrown
  const why = await checkSchema().catch((cause: unknown) => cause)
  return why instanceof Fault && why.code === 'sync-schema-changed' ? why : thrown
}
