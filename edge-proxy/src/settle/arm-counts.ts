import { latencyBucketOf, latencyBuckets } from './latency-buckets.ts'

/** One request that an arm was to serve. */
export interface Served {
  readonly route: string
  /** The arm, or the upstream's name for a plain route. */
  readonly arm: string
  readonly status: number
  readonly tookMs: number
  /** The upstream gave no whole answer. */
  readonly failed: boolean
}

/** What was counted of one route and arm in some time. */
export interface Counted {
  readonly requests: number
  /** Answers of status 500 and above, and requests without a whole answer. */
  readonly errors: number
  /** Of each latency bucket by itself. */
  readonly latencyCounts: readonly number[]
  readonly sumMs: number
  /** `1xx` to `5xx`. */
  readonly byClass: readonly number[]
}

/** The last minute is kept in slices of five seconds: twelve whole ones, and the one that goes on. */
export const sliceMs = 5_000
const slices = 13

/** A cell for each latency bucket, then five status classes and the errors; then, of the total only, the sum in ms. */
const classAt = latencyBuckets
const errorsAt = classAt + 5
const width = errorsAt + 1
const sumAt = width

/** The counts of one route and arm: about 2 KiB, and nothing is allocated when a request is counted. */
export interface ArmCounts {
  readonly total: Float64Array
  /** A ring of slices, `width` cells each. */
  readonly recent: Uint32Array
  /** The number of the slice that was written last. */
  slice: number
}

/** Counts of which nothing is counted yet. */
export function newArmCounts(): ArmCounts {
  return { total: new Float64Array(width + 1), recent: new Uint32Array(slices * width), slice: 0 }
}

/** Counts one request in the slice of time that it ended in: `nowMs / sliceMs`, rounded down. */
export function countInto(counts: ArmCounts, { status, tookMs, failed }: Served, slice: number): void {
  if (slice > counts.slice) turnTo(counts, slice)
  const at = (counts.slice % slices) * width
  add(counts, at, latencyBucketOf(tookMs))
  const statusClass = Math.floor(status / 100) - 1
  if (statusClass >= 0 && statusClass < 5) add(counts, at, classAt + statusClass)
  if (failed || status >= 500) add(counts, at, errorsAt)
  counts.total[sumAt] = (counts.total[sumAt] ?? 0) + tookMs
}

function add({ total, recent }: ArmCounts, at: number, cell: number): void {
  total[cell] = (total[cell] ?? 0) + 1
  recent[at + cell] = (recent[at + cell] ?? 0) + 1
}

/** Empties the slices between the last one that was written and this one, for they hold what is over a minute old. */
function turnTo(counts: ArmCounts, slice: number): void {
  const first = Math.max(counts.slice + 1, slice - slices + 1)
  for (let each = first; each <= slice; each++)
    counts.recent.fill(0, (each % slices) * width, ((each % slices) + 1) * width)
  counts.slice = slice
}

/** All that was ever counted. */
export function totalOf({ total }: ArmCounts): Counted {
  return countedIn(total, total[sumAt] ?? 0)
}

/** What was counted in this slice and the twelve before it: the last 60 to 65 seconds. Their sum of latencies is not kept. */
export function recentOf({ recent, slice: newest }: ArmCounts, slice: number): Counted {
  if (newest <= slice - slices) return nothing
  const sum = scratch.fill(0)
  for (let each = Math.max(0, slice - slices + 1); each <= Math.min(newest, slice); each++) {
    const at = (each % slices) * width
    for (let cell = 0; cell < width; cell++) sum[cell] = (sum[cell] ?? 0) + (recent[at + cell] ?? 0)
  }
  return countedIn(sum, 0)
}

/** Where slices are summed; one is read at a time. */
const scratch = new Float64Array(width)
const nothing: Counted = countedIn(scratch, 0)

/** How much time `recentOf` looks at, in seconds, by a clock in ms that began at 0. */
export function recentSeconds(nowMs: number): number {
  return (nowMs - Math.max(0, Math.floor(nowMs / sliceMs) - slices + 1) * sliceMs) / 1000
}

/** Loops instead of spreads: a status of ten thousand routes reads three hundred thousand cells while requests wait. */
function countedIn(cells: ArrayLike<number>, sumMs: number): Counted {
  const latencyCounts: number[] = []
  let requests = 0
  for (let cell = 0; cell < latencyBuckets; cell++) {
    const count = cells[cell] ?? 0
    latencyCounts.push(count)
    requests += count
  }
  const byClass: number[] = []
  for (let cell = classAt; cell < errorsAt; cell++) byClass.push(cells[cell] ?? 0)
  return { requests, errors: cells[errorsAt] ?? 0, latencyCounts, sumMs, byClass }
}
