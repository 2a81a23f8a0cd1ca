import { buildRate } from '../rate.ts'
import { progressOf, unknownStatus } from '../status.ts'
import type { SyncJob } from '../sync-job.ts'
import type { WorkerOptions } from './worker.ts'

/** Tells how far a worker is. */
export interface Report {
  now(): Promise<void>
  /** Reports even when the databases cannot be asked. */
  trouble(trouble: string | undefined): void
}

/** Reports to `onProgress`, where there is one. */
export function buildReport(
  job: SyncJob,
  { onProgress, readStatus }: Pick<WorkerOptions, 'onProgress' | 'readStatus'>,
): Report {
  const rate = buildRate(job.clock)
  let last = progressOf(unknownStatus(job), rate)
  return {
    now: async () => {
      if (onProgress === undefined) return
      last = progressOf(await readStatus(), rate)
      onProgress(last)
    },
    trouble: (trouble) => {
      if (trouble !== undefined) onProgress?.({ ...last, lag: undefined, trouble })
    },
  }
}
