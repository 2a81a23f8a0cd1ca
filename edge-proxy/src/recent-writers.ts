import type { Clock } from '@banyan/toolkit/base'

/** How long a caller who has written is served by the owner, in ms: until the other arm should have the change. */
export const recentWriteMs = 5_000
const maxWriters = 100_000

/** Who has just written to which capability. Bounded: beyond 100 000 the oldest are forgotten. */
export interface RecentWriters {
  note(capability: string, caller: string): void
  justWrote(capability: string, caller: string): boolean
}

/** Builds an empty memory of writers on a clock that never jumps. */
export function buildRecentWriters(clock: Clock): RecentWriters {
  const until = new Map<string, number>()
  return {
    note: (capability, caller) => {
      const key = `${capability}\0${caller}`
      until.delete(key)
      until.set(key, clock.monotonic() + recentWriteMs)
      if (until.size <= maxWriters) return
      const oldest = until.keys().next()
      if (!oldest.done) until.delete(oldest.value)
    },
    justWrote: (capability, caller) => {
      if (until.size === 0) return false
      const key = `${capability}\0${caller}`
      const end = until.get(key)
      if (end === undefined) return false
      if (end > clock.monotonic()) return true
      until.delete(key)
      return false
    },
  }
}
