import type { LatencyDistribution } from './report.ts'

/** Collects durations in bounded memory. */
export interface LatencyCollector {
  add(ms: number): void
  /** Undefined when nothing was added. */
  distribution(): LatencyDistribution | undefined
}

const growth = 1.02
const smallestMs = 0.01
const buckets = 1024
/** A bar for so many of the fine buckets: each is about a fifth wider than the one before. */
const perBar = 10

/** Counts in buckets that grow by 2 % each, from 10 microseconds on: percentiles are equally exact at every size. */
export function buildLatencyCollector(): LatencyCollector {
  const counts = new Uint32Array(buckets)
  let count = 0
  let maxMs = 0
  return {
    add(ms) {
      const index = ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / Math.log(growth))
      const bucket = Math.min(buckets - 1, index)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      count += 1
      maxMs = Math.max(maxMs, rounded(ms))
    },
    distribution() {
      if (count === 0) return undefined
      const percentile = (share: number) => Math.min(maxMs, percentileOf(counts, share * count))
      return {
        count,
        p50Ms: percentile(0.5),
        p95Ms: percentile(0.95),
        p99Ms: percentile(0.99),
        maxMs,
        buckets: barsOf(counts),
      }
    },
  }
}

/** By nearest rank. */
function percentileOf(counts: Uint32Array, rank: number): number {
  let seen = 0
  for (const [bucket, inBucket] of counts.entries()) {
    seen += inBucket
    if (seen >= Math.ceil(rank)) return upTo(bucket)
  }
  return upTo(buckets - 1)
}

/** From the first bar that holds something to the last, with the empty ones between. */
function barsOf(counts: Uint32Array): LatencyDistribution['buckets'] {
  const bars: { upToMs: number; count: number }[] = []
  for (let from = 0; from < buckets; from += perBar) {
    const count = counts.subarray(from, from + perBar).reduce((sum, one) => sum + one, 0)
    if (count > 0 || bars.length > 0) bars.push({ upToMs: upTo(Math.min(from + perBar, buckets) - 1), count })
  }
  while (bars.at(-1)?.count === 0) bars.pop()
  return bars
}

function upTo(bucket: number): number {
  return rounded(smallestMs * growth ** bucket)
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
