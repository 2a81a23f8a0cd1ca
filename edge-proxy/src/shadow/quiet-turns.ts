/** How much else the event loop has had to do since the last look: next to nothing, or work. */
export type Turn = 'quiet' | 'busy'

/** Looks at each turn of the event loop while there is something that may wait for a quiet one. */
export interface QuietTurns {
  /** From the next turn on, until `turn` wants no more. */
  watch(): void
  close(): void
}

/** A turn in which so much or more was done is no quiet one, in ms: a request alone takes that. */
const quietMs = 0.05

/**
 * Builds a watch over turns. `turn` is called behind all that a turn of the loop has read, and says whether it wants the next
 * one, too. While it does, the loop does not sleep: so let it want no more than what can be begun at once.
 */
export function buildQuietTurns(turn: (kind: Turn, nowMs: number) => boolean): QuietTurns {
  let next: NodeJS.Immediate | undefined
  let sinceMs = 0
  const look = () => {
    const nowMs = performance.now()
    const goesOn = turn(nowMs - sinceMs < quietMs ? 'quiet' : 'busy', nowMs)
    sinceMs = performance.now()
    next = goesOn ? setImmediate(look) : undefined
  }
  return {
    watch: () => {
      if (next !== undefined) return
      sinceMs = performance.now()
      next = setImmediate(look)
    },
    close: () => {
      clearImmediate(next)
      next = undefined
    },
  }
}
