/** What the shoppers met. */
export interface ShoppersSummary {
  readonly requests: number
  /** Requests with no answer or a status of 500 and more; what the shop refuses politely is no failure. */
  readonly failed: number
  /** Arrivals that were left out because too many requests were under way. */
  readonly skipped: number
  /** Answers of status 200 that say `"ok":false`. */
  readonly refused: number
  readonly statusCodes: Readonly<Record<string, number>>
  readonly actions: Readonly<Record<string, number>>
  /** The first failures, in words. */
  readonly failures: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly tookMs: number
}

/** Counts what shoppers meet, in bounded memory. */
export interface Tally {
  answered(action: string, status: number, latencyMs: number): void
  refused(): void
  failed(words: string): void
  unanswered(action: string, words: string): void
  skipped(): void
  summary(tookMs: number): ShoppersSummary
}

const keptFailures = 20
/** Latencies are counted in steps of two percent, from a hundredth of a millisecond up. */
const step = Math.log(1.02)
const smallestMs = 0.01

/** Builds an empty tally. */
export function buildTally(): Tally {
  const counts = { requests: 0, failed: 0, skipped: 0, refused: 0 }
  const statusCodes: Record<string, number> = {}
  const actions: Record<string, number> = {}
  const failures: string[] = []
  const latencies: number[] = []
  const add = (to: Record<string, number>, key: string) => {
    to[key] = (to[key] ?? 0) + 1
  }
  const failed = (words: string) => {
    counts.failed++
    if (failures.length < keptFailures) failures.push(words)
  }
  return {
    answered(action, status, latencyMs) {
      counts.requests++
      add(actions, action)
      add(statusCodes, String(status))
      const bucket = Math.max(0, Math.ceil(Math.log(latencyMs / smallestMs) / step))
      latencies[bucket] = (latencies[bucket] ?? 0) + 1
    },
    unanswered(action, words) {
      counts.requests++
      add(actions, action)
      failed(words)
    },
    failed,
    refused: () => void counts.refused++,
    skipped: () => void counts.skipped++,
    summary(tookMs) {
      const [p50Ms, p99Ms] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
      return {
        ...counts,
        statusCodes: { ...statusCodes },
        actions: { ...actions },
        failures: [...failures],
        p50Ms,
        p99Ms,
        tookMs,
      }
    },
  }
}

/** The latency that a share of all stays at or below, rounded to a hundredth of a millisecond; 0 of none. */
function quantile(latencies: readonly number[], share: number): number {
  const total = latencies.reduce((sum, count) => sum + (count ?? 0), 0)
  let seen = 0
  for (const [bucket, count] of latencies.entries()) {
    seen += count ?? 0
    if (seen > 0 && seen >= total * share) return Math.round(smallestMs * Math.exp(bucket * step) * 100) / 100
  }
  return 0
}
