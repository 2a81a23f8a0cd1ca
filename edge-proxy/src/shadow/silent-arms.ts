import type { Upstream } from '@banyan/toolkit/routing'

/** So many shadows in a row that ran into their time-out, and the arm is silent. */
const silentAfter = 5

/**
 * The arms that let shadows run into their time-outs. A silent one is asked by one shadow at a time until it answers again:
 * it would keep all places for nothing, which arms that answer could use.
 */
export interface SilentArms {
  /** Whether a shadow for this arm is left out. */
  isClosed(upstream: Upstream): boolean
  began(upstream: Upstream): void
  /** Exactly once after `began`; whatever is no time-out ends the silence. */
  ended(upstream: Upstream, timedOut: boolean): void
}

interface Standing {
  running: number
  timedOutInARow: number
}

/** Builds arms of which none is silent; a route table that is loaded anew has new ones. */
export function buildSilentArms(): SilentArms {
  const standings = new WeakMap<Upstream, Standing>()
  return {
    isClosed: (upstream) => {
      const standing = standings.get(upstream)
      return standing !== undefined && standing.timedOutInARow >= silentAfter && standing.running > 0
    },
    began: (upstream) => {
      const standing = standings.get(upstream)
      if (standing === undefined) standings.set(upstream, { running: 1, timedOutInARow: 0 })
      else standing.running += 1
    },
    ended: (upstream, timedOut) => {
      const standing = standings.get(upstream)
      if (standing === undefined) return
      standing.running -= 1
      standing.timedOutInARow = timedOut ? standing.timedOutInARow + 1 : 0
    },
  }
}
