import { type Applied, applyBatch } from '../apply/apply.ts'
import type { JobState } from '../ports/job.ts'
import type { Lease } from '../ports/lease.ts'
import type { TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

/** How many changes are read at once, before coalescing. */
const batchChanges = 500

/** What one step of following did. */
export interface Followed extends Applied {
  /** Whether everything up to the head, as it was when the step began, is applied. */
  readonly atHead: boolean
}

/**
 * Applies the next changes of the feed: reads its head first, then loads the aggregates in one later snapshot, and saves
 * them together with the checkpoint. So the checkpoint never passes a change that is not applied (law 4).
 */
export async function followOnce(job: SyncJob, lease: Lease, state: JobState): Promise<Followed> {
  const { feed, position } = state
  if (feed === undefined || position === undefined) return { applied: 0, quarantined: 0, atHead: false }
  const { keys, through, atHead } = await job.feed.read(position, batchChanges)
  if (through === position) return { applied: 0, quarantined: 0, atHead }
  const images = await job.source.load(keys)
  const mark = (transaction: TargetTransaction) => transaction.writeCheckpoint(feed, through)
  return { ...(await applyBatch(job, lease, { keys, images, mark })), atHead }
}
