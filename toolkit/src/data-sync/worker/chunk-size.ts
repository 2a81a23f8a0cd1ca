import type { Clock } from '../../base/index.ts'

/** A chunk size that follows a time target. */
export interface ChunkSize {
  /** Runs `work` with the present size, and adapts the size to how long it took. */
  measure<Result>(work: (limit: number) => Promise<Result>): Promise<Result>
}

/** What the size adapts to. */
export interface ChunkTarget {
  readonly targetMs: number
  readonly smallest: number
  readonly largest: number
}

// More at once is no faster, and what outlives V8's young generation doubles the worker's memory: npm run bench:sync.
const usual: ChunkTarget = { targetMs: 80, smallest: 20, largest: 400 }

/** Starts with as many as 500 and at most doubles or halves with each chunk, so that one takes about `targetMs` (as pt-table-checksum does). */
export function buildChunkSize(clock: Clock, target: ChunkTarget = usual): ChunkSize {
  let size = Math.min(500, target.largest)
  return {
    measure: async (work) => {
      const start = clock.monotonic()
      const result = await work(size)
      size = nextSize(size, clock.monotonic() - start, target)
      return result
    },
  }
}

/** The size after a chunk of `size` took `tookMs`. */
export function nextSize(size: number, tookMs: number, target: ChunkTarget): number {
  const factor = Math.min(2, Math.max(0.5, target.targetMs / Math.max(tookMs, 0.1)))
  return Math.min(target.largest, Math.max(target.smallest, Math.round(size * factor)))
}
