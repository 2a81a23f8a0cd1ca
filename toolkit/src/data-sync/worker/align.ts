import type { Lease } from '../ports/lease.ts'
import type { SyncJob } from '../sync-job.ts'

/**
 * Installs the feed and makes sure that the checkpoint belongs to it. When changes may have been missed (the feed was removed,
 * a trigger was gone, the source came back from a backup), a finished backfill is wanted anew.
 */
export async function alignFeed(job: SyncJob, lease: Lease): Promise<void> {
  await job.feed.install()
  const identity = (await job.feed.identity()) ?? ''
  const state = await job.target.readJob()
  if (state.feed === identity && state.position !== undefined && (await job.feed.reaches(state.position))) return
  const position = await job.feed.head()
  await job.target.transaction(lease, async (transaction) => {
    await transaction.writeCheckpoint(identity, position)
    const { backfill } = state
    if (backfill.phase !== 'done' && backfill.phase !== 'running') return
    await transaction.writeBackfill({
      ...backfill,
      phase: 'wanted',
      cursor: undefined,
      why: 'changes may have been missed: the change feed is not the one that was followed',
    })
  })
}
