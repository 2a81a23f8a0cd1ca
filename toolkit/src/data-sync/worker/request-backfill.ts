import { Fault } from '../../base/index.ts'
import type { Progress } from '../progress.ts'
import { buildRate } from '../rate.ts'
import { progressOf, readStatus, type SyncStatus } from '../status.ts'
import type { SyncJob, SyncJobs } from '../sync-job.ts'

const watchEveryMs = 100

/** How a backfill is asked for. */
export interface BackfillRequest {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Does it in this process; throws `sync-lease-held` when a worker holds the lease. */
  run(): Promise<void>
}

/** Asks for a backfill and sees to it that it is done: by this process, or by the worker that holds the lease. */
export async function requestBackfill(jobs: SyncJobs, job: SyncJob, request: BackfillRequest): Promise<void> {
  await job.target.wantBackfill()
  const rate = buildRate(job.clock)
  while (request.signal?.aborted !== true) {
    if (await runHere(request)) return
    const ended = await watch(jobs, request, (status) => request.onProgress?.(progressOf(status, rate)))
    if (ended === 'done') return
  }
}

async function runHere(request: BackfillRequest): Promise<boolean> {
  try {
    await request.run()
    return true
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'sync-lease-held') return false
    throw thrown
  }
}

async function watch(
  jobs: SyncJobs,
  { signal }: BackfillRequest,
  onStatus: (status: SyncStatus) => void,
): Promise<'done' | 'worker-gone' | 'stopped'> {
  while (signal?.aborted !== true) {
    const status = await readStatus(jobs)
    onStatus(status)
    if (status.backfill.phase === 'done') return 'done'
    if (status.worker?.alive !== true) return 'worker-gone'
    await jobs.service.clock.sleep(watchEveryMs, signal).catch(() => undefined)
  }
  return 'stopped'
}
