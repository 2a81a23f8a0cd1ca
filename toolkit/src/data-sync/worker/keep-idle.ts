import type { SyncJob, SyncJobs } from '../sync-job.ts'

/**
 * While a direction is idle its feed still grows: by the sync's own writes, and by writes to columns that the capability does not own. Moves its
 * start forward to the present head, and prunes. Only where the arm that it would read is surely not the owner, before and after the head was read:
 * epochs never come back, so it was not the owner at that head either, and whatever it wrote as owner had been applied before it ceased to be.
 */
export async function keepIdle(idle: SyncJob, { owners }: Pick<SyncJobs, 'owners'>): Promise<void> {
  const source = idle.direction.to === 'service' ? 'legacy' : 'service'
  const before = await owners[source].read()
  if (before?.owner !== idle.direction.to) return
  const identity = await idle.feed.identity()
  if (identity === undefined) return
  const head = await idle.feed.head()
  const after = await owners[source].read()
  if (after?.owner !== before.owner || after.epoch !== before.epoch) return
  const { feed, position } = await idle.target.readJob()
  // A job that has no start yet gets it from a cutover.
  if (position === undefined || feed !== identity) return
  await idle.target.startFrom(identity, head)
  await idle.feed.prune(head)
}
