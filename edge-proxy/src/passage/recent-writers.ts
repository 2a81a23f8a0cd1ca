import type { Clock } from '@banyan/toolkit/base'
import type { Peers } from '../workers/peers.ts'
import type { AppliedReports } from './applied-reports.ts'

/** How long a caller who has written is served by the owner where no sync worker has ever reported, in ms. */
const recentWriteMs = 5_000
/** A write that began elsewhere and of which nothing was heard since: its worker died. */
const unendedMs = 60_000
const maxWriters = 100_000
const topic = 'recent-writers'

/** Who has just written to which capability. Bounded: beyond 100 000 the oldest are forgotten. */
export interface RecentWriters {
  /** A write goes on its way. */
  begins(capability: string, caller: string): void
  /** It was answered. */
  note(capability: string, caller: string): void
  /** Until follow has passed the write, as the sync worker reports, however late it is; where none reports, for five seconds. */
  justWrote(capability: string, caller: string): boolean
  /** Writers that were forgotten since the start, because there were too many. */
  forgotten(): number
}

interface Write {
  /** The edge's clock, ms since 1970: what reports of the sync worker are measured by; undefined: it is under way in another worker. */
  readonly at: number | undefined
  /** On the clock that never jumps: for where nobody reports. */
  readonly until: number
}

/**
 * Builds an empty memory of writers; with `applied` it lets go of them as soon as the other arm has their write. Peers have one clock
 * and hear of each other's writes when they begin, which is long before their callers can read what they wrote.
 */
export function buildRecentWriters(
  clock: Clock,
  applied: Pick<AppliedReports, 'through'>,
  peers?: Pick<Peers, 'tell' | 'on'>,
): RecentWriters {
  const writes = new Map<string, Write>()
  let forgotten = 0
  const isRecent = (key: string) => {
    const write = writes.get(key)
    return write !== undefined && isOnlyOwners(write, applied.through(capabilityOf(key)), clock.monotonic())
  }
  const keep = (key: string, at: number | undefined) => {
    writes.delete(key)
    writes.set(key, { at, until: clock.monotonic() + (at === undefined ? unendedMs : recentWriteMs) })
    if (writes.size <= maxWriters) return
    const oldest = writes.keys().next()
    if (oldest.done) return
    if (isRecent(oldest.value)) forgotten += 1
    writes.delete(oldest.value)
  }
  peers?.on(topic, (told) => {
    if (isTold(told)) keep(told.key, told.at)
  })
  return {
    begins: (capability, caller) => {
      const key = `${capability}\0${caller}`
      keep(key, clock.now())
      peers?.tell(topic, { key })
    },
    note: (capability, caller) => {
      const key = `${capability}\0${caller}`
      const at = clock.now()
      keep(key, at)
      peers?.tell(topic, { key, at })
    },
    justWrote: (capability, caller) => {
      const key = `${capability}\0${caller}`
      if (isRecent(key)) return true
      writes.delete(key)
      return false
    },
    forgotten: () => forgotten,
  }
}

/** A sync worker that is late, or has stopped, has not brought the write over: only the owner has it. */
function isOnlyOwners({ at, until }: Write, through: number | undefined, nowMs: number): boolean {
  return at === undefined || through === undefined ? until > nowMs : through <= at
}

function capabilityOf(key: string): string {
  return key.slice(0, key.indexOf('\0'))
}

function isTold(told: unknown): told is { readonly key: string; readonly at?: number } {
  return typeof told === 'object' && told !== null && 'key' in told && typeof told.key === 'string'
}
