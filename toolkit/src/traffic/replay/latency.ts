/** How long answers took, in milliseconds; percentiles by nearest rank, within 2 %. */
export interface LatencySummary {
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Collects durations in bounded memory. */
export interface Latency {
  record(ms: number): void
  summary(): LatencySummary
}

const growth = 1.02
const smallestMs = 0.01
const buckets = 1024

/** Buckets that grow by 2 % each, from 10 microseconds to beyond an hour: few, and equally exact at every size. */
export function buildLatency(): Latency {
  const counts = new Uint32Array(buckets)
  let count = 0
  let maxMs = 0
  const percentile = (share: number) => {
    const rank = Math.ceil(share * count)
    let seen = 0
    for (const [bucket, inBucket] of counts.entries()) {
      seen += inBucket
      if (seen >= rank) return Math.min(maxMs, rounded(smallestMs * growth ** bucket))
    }
    return maxMs
  }
  return {
    record(ms) {
      const bucket = ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / Math.log(growth))
      const index = Math.min(buckets - 1, bucket)
      counts[index] = (counts[index] ?? 0) + 1
      count += 1
      maxMs = Math.max(maxMs, rounded(ms))
    },
    summary: () => {
      if (count === 0) return { count, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs }
      return { count, p50Ms: percentile(0.5), p95Ms: percentile(0.95), p99Ms: percentile(0.99), maxMs }
    },
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
