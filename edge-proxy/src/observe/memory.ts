import type { MemoryReport, ObservedRequest } from '../admin/observe-api.ts'

/** How many are remembered a second, of each kind: those that went well, and those that did not. */
const perSecond = 64
/** So many seconds are remembered at least, whatever comes. */
const seconds = 128
/** So many may come at once, after a while in which fewer came. */
const burst = 1024

/** A remembered request: what is seen of it may become more, when its shadow has been compared. */
export interface Remembered {
  seen: ObservedRequest
}

/**
 * The requests of the last minutes, in bounded room (law 9): 64 a second that went well and 64 that did not, with room
 * for bursts, so that a storm of either can push out neither the other nor what was a minute and a half ago. About 12 MB when it is full.
 */
export interface Memory {
  /** Whether there is room for one more of this second; what finds none is counted. */
  takes(failed: boolean, nowMs: number): boolean
  keep(remembered: Remembered, failed: boolean): void
  /** Those with this id, the newest first. */
  find(id: string): readonly ObservedRequest[]
  report(): MemoryReport
}

/** Builds an empty memory. */
export function buildMemory(): Memory {
  const well = buildRing()
  const failures = buildRing()
  const rings = [well, failures]
  let leftOut = 0
  return {
    takes: (failed, nowMs) => {
      if ((failed ? failures : well).takes(nowMs)) return true
      leftOut += 1
      return false
    },
    keep: (remembered, failed) => (failed ? failures : well).keep(remembered),
    find: (id) => {
      const found = rings.flatMap(({ newestFirst }) => newestFirst().filter(({ seen }) => seen.id === id))
      return found.map(({ seen }) => seen).toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
    },
    report: () => {
      const remembered = well.size() + failures.size()
      return { remembered, since: sinceOf(rings), perSecond, leftOut }
    },
  }
}

/** Only a ring that is full has forgotten anything: all is there since the younger beginning of those. */
function sinceOf(rings: readonly Ring[]): string | undefined {
  const beginnings = (some: readonly Ring[]) => some.flatMap(({ oldest }) => oldest()?.seen.at ?? []).toSorted()
  return beginnings(rings.filter(({ full }) => full())).at(-1) ?? beginnings(rings)[0]
}

interface Ring {
  full(): boolean
  takes(nowMs: number): boolean
  keep(remembered: Remembered): void
  size(): number
  newestFirst(): readonly Remembered[]
  oldest(): Remembered | undefined
}

function buildRing(): Ring {
  const slots: Remembered[] = []
  let next = 0
  let room = burst
  let filledMs = 0
  return {
    takes: (nowMs) => {
      room = Math.min(burst, room + (Math.max(0, nowMs - filledMs) / 1000) * perSecond)
      filledMs = Math.max(filledMs, nowMs)
      if (room < 1) return false
      room -= 1
      return true
    },
    keep: (remembered) => {
      slots[next] = remembered
      next = (next + 1) % (perSecond * seconds)
    },
    full: () => slots.length === perSecond * seconds,
    size: () => slots.length,
    newestFirst: () => [...slots.slice(next), ...slots.slice(0, next)].reverse(),
    oldest: () => (slots.length < perSecond * seconds ? slots[0] : slots[next]),
  }
}
