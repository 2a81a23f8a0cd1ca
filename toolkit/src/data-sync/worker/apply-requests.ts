import { applyBatch } from '../apply/apply.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

const atOnce = 500

/** Applies the aggregates that somebody asked for (a repair, a retry, the tail of a cutover), in their present state. How many they were. */
export async function applyRequests(job: SyncJob, guard: SaveGuard): Promise<number> {
  const keys = await job.target.requested(atOnce)
  if (keys.length === 0) return 0
  const images = await job.source.load(keys)
  await applyBatch(job, guard, { keys, images, mark: (transaction) => transaction.settleRequests(keys) })
  return keys.length
}
