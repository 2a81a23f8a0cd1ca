/** Says whether there may be one more retry. */
export interface RetryBudget {
  /** A request came: it earns its share of a retry. */
  request(): void
  /** Takes one retry; false when there is none left. */
  take(): boolean
}

const atStart = 10
const most = 100

/**
 * Builds a budget: over any number of requests there are at most ten retries and `share` for each request, so that
 * retries cannot multiply the load on an upstream that fails. At most a hundred are saved up.
 */
export function buildRetryBudget(share: number): RetryBudget {
  let balance = atStart
  return {
    request: () => {
      if (balance < most) balance = Math.min(most, balance + share)
    },
    take: () => {
      if (balance < 1) return false
      balance -= 1
      return true
    },
  }
}
