import type { JobState, SyncSettings } from '../ports/job.ts'
import type { SyncJob } from '../sync-job.ts'

/** How fast a backfill may go. */
export interface Pace {
  /** Whether the next chunk may be copied now: follow comes first while the lag is above the bound, and the rate is kept. */
  mayCopy(state: JobState, atHead: boolean): Promise<boolean>
  /** So many aggregates were copied just now. */
  copied(count: number, settings: SyncSettings): void
}

const lookEveryMs = 100

/** Keeps `maxLagMs` and `maxRate` of the job's settings, as they are at each chunk. */
export function buildPace({ feed, clock }: Pick<SyncJob, 'feed' | 'clock'>): Pace {
  let notBefore = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let lagMs = 0
  return {
    mayCopy: async ({ settings, position }, atHead) => {
      if (settings.maxRate !== undefined && clock.monotonic() < notBefore) return false
      if (atHead || position === undefined) return true
      if (clock.monotonic() - lookedAt >= lookEveryMs) {
        const { oldestAt } = await feed.pending(position)
        lagMs = oldestAt === undefined ? 0 : clock.now() - oldestAt
        lookedAt = clock.monotonic()
      }
      return lagMs <= settings.maxLagMs
    },
    copied: (count, { maxRate }) => {
      if (maxRate === undefined) return
      notBefore = Math.max(notBefore, clock.monotonic()) + (1000 * count) / maxRate
    },
  }
}
