import type { SyncJob } from '../sync-job.ts'
import { alignFeed } from './align.ts'
import { retryQuarantined } from './retry-quarantined.ts'
import type { WorkerOptions } from './worker.ts'

const alignEveryMs = 2000
const housekeepingEveryMs = 1000
const progressEveryMs = 500

/** What a worker does now and then between its steps: heartbeat, a look at the triggers, pruning, retries, progress. */
export function buildDuties(
  job: SyncJob,
  { lease, leaseMs }: WorkerOptions,
  report: () => Promise<void>,
): () => Promise<void> {
  const duties = [
    every(leaseMs / 4, () => job.target.leases.renew(lease, job.clock.now(), { leaseMs, trouble: undefined })),
    every(alignEveryMs, () => alignFeed(job, lease)),
    every(housekeepingEveryMs, () => pruneFeed(job)),
    every(housekeepingEveryMs, () => retryQuarantined(job, lease)),
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

async function pruneFeed(job: SyncJob): Promise<void> {
  const { feed, position } = await job.target.readJob()
  if (position !== undefined && feed === (await job.feed.identity())) await job.feed.prune(position)
}
