import { applyBatch } from '../apply/apply.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

const atOnce = 100
const restMs = 5000

/**
 * Tries aggregates again that a constraint refused: what stood in their way may be gone without a change of their own.
 * One that cannot be translated waits for its own next change, or for `banyan sync retry`.
 */
export async function retryQuarantined(job: SyncJob, guard: SaveGuard): Promise<void> {
  if ((await job.target.countQuarantined()) === 0) return
  const due = (await job.target.quarantined(atOnce)).filter(
    (entry) => entry.kind === 'constraint' && Math.abs(job.clock.now() - entry.lastSeenAt) >= restMs,
  )
  if (due.length === 0) return
  const keys = due.map((entry) => entry.key)
  await applyBatch(job, guard, { keys, images: await job.source.load(keys), mark: async () => undefined })
}
