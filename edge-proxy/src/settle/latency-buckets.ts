/** Upper bounds of the latency buckets, in ms; what takes longer than the last falls into one bucket more. */
export const latencyBoundsMs: readonly number[] = [
  0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000,
  30_000,
]

/** How many buckets there are. */
export const latencyBuckets = latencyBoundsMs.length + 1

const bounds = Float64Array.from(latencyBoundsMs)

/** The bucket of a latency: the first whose bound is not below it (as `le` of Prometheus says it). */
export function latencyBucketOf(ms: number): number {
  let bucket = 0
  while (bucket < bounds.length && ms > (bounds[bucket] ?? 0)) bucket += 1
  return bucket
}
