/** How many requests ended lately, and how many of them failed. */
export interface WindowCounts {
  readonly total: number
  readonly failed: number
}

/** Counts over the last moments, in a bounded place however many there are. */
export interface OutcomeWindow {
  note(failed: boolean, nowMs: number): void
  /** Adds what was counted elsewhere a moment ago. */
  add(counts: WindowCounts, nowMs: number): void
  counts(nowMs: number): WindowCounts
  clear(): void
}

const slots = 10
const oneGood: WindowCounts = { total: 1, failed: 0 }
const oneFailed: WindowCounts = { total: 1, failed: 1 }

/**
 * Builds an empty window over the last `windowMs`, in ten slots: what is older than the window by up to a tenth of it
 * may still count. Times are of a clock that never jumps.
 */
export function buildOutcomeWindow(windowMs: number): OutcomeWindow {
  const slotMs = windowMs / slots
  const total = new Float64Array(slots)
  const failed = new Float64Array(slots)
  /** Which stretch of time a slot holds. */
  const stretch = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)
  const clear = () => void stretch.fill(Number.NEGATIVE_INFINITY)
  const add = (counts: WindowCounts, nowMs: number) => {
    const now = Math.floor(nowMs / slotMs)
    const slot = ((now % slots) + slots) % slots
    if (stretch[slot] !== now) {
      stretch[slot] = now
      total[slot] = 0
      failed[slot] = 0
    }
    total[slot] = (total[slot] ?? 0) + counts.total
    failed[slot] = (failed[slot] ?? 0) + counts.failed
  }
  return {
    note: (hasFailed, nowMs) => add(hasFailed ? oneFailed : oneGood, nowMs),
    add,
    counts: (nowMs) => {
      const oldest = Math.floor(nowMs / slotMs) - slots
      const sum = { total: 0, failed: 0 }
      for (let slot = 0; slot < slots; slot++) {
        if ((stretch[slot] ?? 0) <= oldest) continue
        sum.total += total[slot] ?? 0
        sum.failed += failed[slot] ?? 0
      }
      return sum
    },
    clear,
  }
}
