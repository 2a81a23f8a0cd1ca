import type { ReleaseAnswer } from '../admin/admin-api.ts'

/** The numbers of one epoch's hold; a hold that is taken up again under the same epoch counts on. */
export interface HoldTally {
  /** A request met the hold. */
  held(): void
  /** One was let go after so many ms, to whoever owns the data. */
  released(waitedMs: number): void
  /** One was answered 503; undefined: at once, it did not wait. */
  refused(waitedMs: number | undefined): void
  left(waitedMs: number): void
  report(): ReleaseAnswer
}

const maxWaits = 100_000
const maxReported = 10_000

/** Builds an empty tally. */
export function buildHoldTally(): HoldTally {
  const counts = { held: 0, released: 0, refused: 0, left: 0 }
  const waits: number[] = []
  const waited = (ms: number) => {
    if (waits.length < maxWaits) waits.push(Math.round(ms * 10) / 10)
  }
  return {
    held: () => {
      counts.held += 1
    },
    released: (ms) => {
      counts.released += 1
      waited(ms)
    },
    refused: (ms) => {
      counts.refused += 1
      if (ms !== undefined) waited(ms)
    },
    left: (ms) => {
      counts.left += 1
      waited(ms)
    },
    report: () => ({ ...counts, waitsMs: thinned(waits.toSorted((a, b) => a - b)) }),
  }
}

/** At most 10 000 of them, evenly taken, the shortest and the longest among them. */
function thinned(ascending: readonly number[]): readonly number[] {
  if (ascending.length <= maxReported) return ascending
  const step = (ascending.length - 1) / (maxReported - 1)
  return Array.from({ length: maxReported }, (_, i) => ascending[Math.round(i * step)] ?? 0)
}
