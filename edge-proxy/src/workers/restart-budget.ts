/** Bounds how often workers are replaced. */
export interface RestartBudget {
  /** How long to wait before the next replacement, in ms; 0: at once. Counts it. */
  take(nowMs: number): number
}

/**
 * Builds a budget of `most` replacements in any `windowMs`: the first ones are made at once, for one crash is no pattern; beyond
 * that each waits until the oldest is out of the window, so that a worker that dies while it starts costs no whole core.
 */
export function buildRestartBudget(most: number, windowMs: number): RestartBudget {
  const planned: number[] = []
  return {
    take: (nowMs) => {
      const oldest = planned.length < most ? undefined : planned.shift()
      const at = oldest === undefined ? nowMs : Math.max(nowMs, oldest + windowMs)
      planned.push(at)
      return at - nowMs
    },
  }
}
