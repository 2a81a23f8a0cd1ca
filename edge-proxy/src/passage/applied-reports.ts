/** How far the sync workers of capabilities say that they are. */
export interface AppliedReports {
  /** Everything committed before `through` (edge time, ms since 1970) is applied on the other arm. */
  report(capability: string, through: number): void
  /** Undefined when no worker reports. */
  through(capability: string): number | undefined
  /** Resolves with true once `capability` is applied through `time`, with false after `boundMs`. */
  passed(capability: string, time: number, boundMs: number): Promise<boolean>
}

interface Waiter {
  readonly capability: string
  readonly time: number
  wake(): void
}

/** Builds an empty set of reports. A report never goes backwards: a worker that restarts may begin earlier. */
export function buildAppliedReports(): AppliedReports {
  const reports = new Map<string, number>()
  const waiters = new Set<Waiter>()
  return {
    report: (capability, through) => {
      const now = Math.max(through, reports.get(capability) ?? 0)
      reports.set(capability, now)
      for (const waiter of waiters) {
        if (waiter.capability === capability && waiter.time < now) waiter.wake()
      }
    },
    through: (capability) => reports.get(capability),
    passed: (capability, time, boundMs) =>
      new Promise((resolve) => {
        if ((reports.get(capability) ?? 0) > time) return resolve(true)
        const end = (passed: boolean) => {
          clearTimeout(timer)
          waiters.delete(waiter)
          resolve(passed)
        }
        const timer = setTimeout(() => end(false), boundMs)
        const waiter: Waiter = { capability, time, wake: () => end(true) }
        waiters.add(waiter)
      }),
  }
}
