import type { Clock } from '../../base/index.ts'

/**
 * Tells the edges up to which of their instants everything is applied, so that a caller who has just written can be served by
 * the other arm again.
 */
export interface AppliedThrough {
  /** The edge's present time, in its own clock's milliseconds. */
  now(): Promise<number>
  /** Everything that was committed in the arm `from` up to `edgeTime` is applied now: an edge takes it only while `from` is the owner. */
  report(edgeTime: number, from?: 'legacy' | 'service'): Promise<void>
}

/** The hook as the worker uses it: it never waits for the edge. */
export interface EdgeTimes {
  /** An edge time that is surely before a head which is read after this call; undefined when none is known. */
  take(): number | undefined
  /** Reports it, later and once; `from` is the arm whose changes were followed. */
  passed(edgeTime: number | undefined, from: 'legacy' | 'service'): void
  /** Calls that failed or took too long. */
  errors(): number
}

const timeoutMs = 500
const restMs = 200
const restAfterErrorMs = 2000

/** Asks for times and reports in the background: an edge that is down or hangs neither stops nor delays the sync. */
export function buildEdgeTimes(hook: AppliedThrough | undefined, clock: Clock): EdgeTimes {
  let known: number | undefined
  let busy = false
  let restUntil = Number.NEGATIVE_INFINITY
  let errors = 0
  if (hook === undefined) return { take: () => undefined, passed: () => undefined, errors: () => 0 }

  return {
    take: () => {
      const time = known
      known = undefined
      if (time === undefined && !busy && clock.monotonic() >= restUntil)
        inBackground(async () => (known = await hook.now()))
      return time
    },
    passed: (edgeTime, from) => {
      if (edgeTime !== undefined) inBackground(() => hook.report(edgeTime, from))
    },
    errors: () => errors,
  }

  function inBackground(call: () => Promise<unknown>): void {
    busy = true
    within(timeoutMs, call)
      .then(
        () => {
          restUntil = clock.monotonic() + restMs
        },
        () => {
          errors++
          restUntil = clock.monotonic() + restAfterErrorMs
        },
      )
      .finally(() => {
        busy = false
      })
  }
}

async function within(ms: number, call: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
    timer.unref()
  })
  try {
    await Promise.race([call(), timeout])
  } finally {
    clearTimeout(timer)
  }
}
