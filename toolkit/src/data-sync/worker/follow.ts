import { type Applied, applyBatch } from '../apply/apply.ts'
import type { FeedBatch, FeedPosition } from '../ports/feed.ts'
import type { JobState } from '../ports/job.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { type Ahead, buildAhead } from './ahead.ts'

/** How many changes are read at once, before coalescing. */
const batchChanges = 2000

/** What one step of following did. */
export interface Followed extends Applied {
  /** Whether everything up to the head, as it was when the step began, is applied. */
  readonly atHead: boolean
  readonly keys: FeedBatch['keys']
}

/** Follows the feed of one job. */
export interface Follower {
  once(guard: SaveGuard, state: JobState): Promise<Followed>
  /** Drops what was read ahead: something newer was saved since. */
  forget(): void
}

type Changed = FeedBatch & { readonly images: LoadedAggregates }

const nothing: Followed = { applied: 0, quarantined: 0, atHead: false, keys: [] }

/**
 * Applies the next changes of the feed: reads its head first, then loads the aggregates in one later snapshot, and saves
 * them together with the checkpoint. So the checkpoint never passes a change that is not applied (law 4).
 * What comes after them is read while they are saved, where the source can be read while this process does something else.
 */
export function buildFollower(job: SyncJob): Follower {
  const ahead: Ahead<Changed> = buildAhead()
  return {
    once: async (guard, { feed, position }) => {
      if (feed === undefined || position === undefined) return nothing
      const { keys, images, through, atHead, beatAt } = await ahead.take(position, () => readChanges(job, position))
      if (through === position) return { ...nothing, atHead }
      if (!atHead && job.source.overlaps) ahead.begin(through, () => readChanges(job, through))
      const applied = await applyBatch(job, guard, {
        keys,
        images,
        mark: (transaction) => transaction.writeCheckpoint(feed, through, beatAt),
      })
      return { ...applied, atHead, keys }
    },
    forget: ahead.forget,
  }
}

async function readChanges({ feed, source }: SyncJob, after: FeedPosition): Promise<Changed> {
  const batch = await feed.read(after, batchChanges)
  return { ...batch, images: batch.keys.length === 0 ? new Map() : await source.load(batch.keys) }
}
