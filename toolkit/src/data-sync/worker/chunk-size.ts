import type { Clock } from '../../base/index.ts'

/** A chunk size that follows a time target. */
export interface ChunkSize {
  /** Runs `work` with the present size (at most `atMost`), and adapts the size so that the next takes about `targetMs`. */
  measure<Result>(wish: ChunkWish, work: (limit: number) => Promise<Result>): Promise<Result>
}

/** What is wanted of the next chunk. */
export interface ChunkWish {
  readonly targetMs: number
  /** Aggregates; undefined: no bound but the size's own. */
  readonly atMost: number | undefined
}

/** Between what a size stays. */
export interface ChunkBounds {
  readonly smallest: number
  readonly largest: number
}

// Less at once would spend its time on the round trips that each chunk costs, the more so on a busy machine.
const usual: ChunkBounds = { smallest: 100, largest: 10_000 }

/** Starts with 400 and at most doubles or halves with each chunk (as pt-table-checksum does). */
export function buildChunkSize(clock: Clock, bounds: ChunkBounds = usual): ChunkSize {
  let size = Math.min(400, bounds.largest)
  return {
    measure: async ({ targetMs, atMost = bounds.largest }, work) => {
      const limit = Math.max(1, Math.min(size, atMost))
      const start = clock.monotonic()
      const result = await work(limit)
      size = nextSize(limit, { tookMs: clock.monotonic() - start, targetMs }, bounds)
      return result
    },
  }
}

/** The size after a chunk of `size` took so long. */
export function nextSize(
  size: number,
  { tookMs, targetMs }: { readonly tookMs: number; readonly targetMs: number },
  { smallest, largest }: ChunkBounds,
): number {
  const factor = Math.min(2, Math.max(0.5, targetMs / Math.max(tookMs, 0.1)))
  return Math.min(largest, Math.max(smallest, Math.round(size * factor)))
}
