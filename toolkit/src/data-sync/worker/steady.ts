import { type Clock, Fault } from '../../base/index.ts'

/** Runs steps that may meet a database that is busy, down or out of disk. */
export interface Steady {
  /** Tries a step until it succeeds, with pauses that grow to 5 s. Undefined when the signal ends it first. Other faults are thrown. */
  run<Result>(step: () => Promise<Result>): Promise<Result | undefined>
}

const passing: ReadonlySet<string> = new Set(['sync-database-busy', 'sync-database-down'])
const shortestMs = 50
const longestMs = 5000

/** Tells `onTrouble` what is wrong at each failure, and undefined as soon as it is well again. */
export function buildSteady(
  clock: Clock,
  signal: AbortSignal | undefined,
  onTrouble: (trouble: string | undefined) => Promise<void>,
): Steady {
  return {
    run: async (step) => {
      for (let pauseMs = shortestMs; signal?.aborted !== true; pauseMs = Math.min(pauseMs * 2, longestMs)) {
        try {
          const result = await step()
          if (pauseMs > shortestMs) await onTrouble(undefined)
          return result
        } catch (thrown) {
          if (!(thrown instanceof Fault) || !passing.has(thrown.code)) throw thrown
          await onTrouble(thrown.message)
          await clock.sleep(pauseMs, signal).catch(() => undefined)
        }
      }
      return undefined
    },
  }
}
