import { type Clock, Fault, formatDurationMs } from '../../../base/index.ts'

/** The time that a cutover may take from its hold to its commit. */
export interface Budget {
  /** The hold begins now. */
  begin(): void
  /** When it began, on the clock that never jumps; undefined: not yet. */
  beganAt(): number | undefined
  leftMs(): number
  /** What `work` gives, or `cutover-hold-exceeded` when that takes longer than what is left. The work itself may go on: what it still does is compared before it is set. */
  within<Result>(what: string, work: Promise<Result>): Promise<Result>
}

/** Kept of the hold for what follows the commit, or for an undo: so that held requests are released before they run out. */
const keptShare = 0.25
const keptAtMostMs = 500

/** Builds the budget of one run; `maxHoldMs` is what the edges hold. */
export function buildBudget(clock: Clock, maxHoldMs: number): Budget {
  const totalMs = maxHoldMs - Math.min(keptAtMostMs, maxHoldMs * keptShare)
  let began: number | undefined
  const leftMs = () => (began === undefined ? totalMs : began + totalMs - clock.monotonic())
  return {
    begin: () => {
      began = clock.monotonic()
    },
    beganAt: () => began,
    leftMs,
    within: async (what, work) => {
      if (leftMs() <= 0) throw exceeded(what, maxHoldMs)
      const over = new AbortController()
      const timeout = clock.sleep(leftMs(), over.signal).then(
        () => Promise.reject(exceeded(what, maxHoldMs)),
        () => new Promise<never>(() => undefined), // The work was done in time.
      )
      try {
        return await Promise.race([work, timeout])
      } finally {
        over.abort()
      }
    },
  }
}

function exceeded(what: string, maxHoldMs: number): Fault {
  return new Fault(
    'cutover-hold-exceeded',
    `writes were held for nearly ${formatDurationMs(maxHoldMs)}, and this was not done: ${what}`,
    {
      hint: 'held writes went on to the old owner. Try again when there is less load, or give it longer with --max-hold',
    },
  )
}
