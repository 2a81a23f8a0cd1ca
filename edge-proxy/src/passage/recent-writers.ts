import type { Clock } from '@banyan/toolkit/base'
import type { AppliedReports } from './applied-reports.ts'

/** How long a caller who has written is served by the owner where no sync worker has ever reported, in ms. */
const recentWriteMs = 5_000
const maxWriters = 100_000

/** Who has just written to which capability. Bounded: beyond 100 000 the oldest are forgotten. */
export interface RecentWriters {
  note(capability: string, caller: string): void
  /** Until follow has passed the write, as the sync worker reports, however late it is; where none reports, for five seconds. */
  justWrote(capability: string, caller: string): boolean
}

interface Write {
  /** The edge's clock, ms since 1970: what reports of the sync worker are measured by. */
  readonly at: number
  /** On the clock that never jumps: for where nobody reports. */
  readonly until: number
}

/** Builds an empty memory of writers; with `applied` it lets go of them as soon as the other arm has their write. */
export function buildRecentWriters(clock: Clock, applied: Pick<AppliedReports, 'through'>): RecentWriters {
  const writes = new Map<string, Write>()
  return {
    note: (capability, caller) => {
      const key = `${capability}\0${caller}`
      writes.delete(key)
      writes.set(key, { at: clock.now(), until: clock.monotonic() + recentWriteMs })
      if (writes.size <= maxWriters) return
      const oldest = writes.keys().next()
      if (!oldest.done) writes.delete(oldest.value)
    },
    justWrote: (capability, caller) => {
      const key = `${capability}\0${caller}`
      const write = writes.get(key)
      if (write === undefined) return false
      const through = applied.through(capability)
      // A worker that is late, or has stopped, has not brought the write over: only the owner has it.
      if (through === undefined ? write.until > clock.monotonic() : through <= write.at) return true
      writes.delete(key)
      return false
    },
  }
}
