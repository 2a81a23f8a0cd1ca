import type { BackfillState } from '../ports/job.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

/**
 * Installs the feed and makes sure that the checkpoint belongs to it. When changes may have been missed (the feed was removed,
 * a trigger was gone, the source came back from a backup), a finished backfill is wanted anew; on the way back to legacy, where nothing
 * is copied that nobody asked for, it is only said.
 */
export async function alignFeed(job: SyncJob, guard: SaveGuard): Promise<void> {
  await job.feed.install()
  const identity = (await job.feed.identity()) ?? ''
  const { feed, position, backfill } = await job.target.readJob()
  if (feed === identity && position !== undefined && (await job.feed.reaches(position))) return
  const head = await job.feed.head()
  await job.target.transaction(guard, async (transaction) => {
    await transaction.writeCheckpoint(identity, head)
    const next = afterGap(job, backfill)
    if (next !== undefined) await transaction.writeBackfill(next)
  })
}

function afterGap({ direction }: SyncJob, backfill: BackfillState): BackfillState | undefined {
  const missed = 'changes may have been missed: the change feed is not the one that was followed'
  if (direction.to === 'legacy') return { ...backfill, phase: 'never', cursor: undefined, why: missed }
  if (backfill.phase !== 'done' && backfill.phase !== 'running') return undefined
  return { ...backfill, phase: 'wanted', cursor: undefined, why: missed }
}
