import type { SyncJob } from '../sync-job.ts'
import { alignFeed } from './align.ts'
import { retryQuarantined } from './retry-quarantined.ts'
import type { WorkerOptions } from './worker.ts'

const alignEveryMs = 2000
const courseEveryMs = 200
const beatEveryMs = 1000
const housekeepingEveryMs = 1000
// Each is a write to the application's own database: no more than needed.
const pruneEveryMs = 3000
const progressEveryMs = 500

/** What a worker does now and then between its steps: heartbeats, a look at owner and schema, pruning, retries, progress. */
export function buildDuties(job: SyncJob, options: WorkerOptions, report: () => Promise<void>): () => Promise<void> {
  const { guard, leaseMs } = options
  const duties = [
    every(courseEveryMs, options.checkCourse),
    every(leaseMs / 4, () => job.target.leases.renew(guard.lease, job.clock.now(), { leaseMs, trouble: undefined })),
    every(beatEveryMs, () => job.feed.beat(job.clock.now())),
    every(alignEveryMs, async () => {
      await options.checkSchema()
      await alignFeed(job, guard)
    }),
    every(pruneEveryMs, () => pruneFeed(job)),
    every(pruneEveryMs, options.keepIdle),
    every(housekeepingEveryMs, () => retryUnlessPaused(job, guard)),
    every(progressEveryMs, report),
  ]
  return async () => {
    for (const duty of duties) await duty()
  }

  function every(ms: number, action: () => Promise<void>): () => Promise<void> {
    let doneAt = job.clock.monotonic()
    return async () => {
      if (job.clock.monotonic() - doneAt < ms) return
      doneAt = job.clock.monotonic()
      await action()
    }
  }
}

async function retryUnlessPaused(job: SyncJob, guard: WorkerOptions['guard']): Promise<void> {
  const { settings } = await job.target.readJob()
  if (!settings.paused) await retryQuarantined(job, guard)
}

// One job reads each feed, so the slowest checkpoint is that job's own.
async function pruneFeed(job: SyncJob): Promise<void> {
  const { feed, position } = await job.target.readJob()
  if (position !== undefined && feed === (await job.feed.identity())) await job.feed.prune(position)
}
