import type { Upstream } from '@banyan/toolkit/routing'

/** An arm's upstream, as the live route table has it: the object counts, not its name. */
type Arm = Pick<Upstream, 'name'>

/** So many shadows in a row that ran into their time-out, and the arm is silent. */
const silentAfter = 5

/**
 * The arms that let shadows run into their time-outs. A silent one is asked by one shadow at a time until it answers again:
 * it would keep all places for nothing, which arms that answer could use.
 */
export interface SilentArms {
  /** Whether a shadow for this arm is left out. */
  isClosed(arm: Arm): boolean
  began(arm: Arm): void
  /** Exactly once after `began`; whatever is no time-out ends the silence. */
  ended(arm: Arm, timedOut: boolean): void
}

interface Standing {
  running: number
  timedOutInARow: number
}

/** Builds arms of which none is silent; a route table that is loaded anew has new ones. */
export function buildSilentArms(): SilentArms {
  const standings = new WeakMap<Arm, Standing>()
  return {
    isClosed: (arm) => {
      const standing = standings.get(arm)
      return standing !== undefined && standing.timedOutInARow >= silentAfter && standing.running > 0
    },
    began: (arm) => {
      const standing = standings.get(arm)
      if (standing === undefined) standings.set(arm, { running: 1, timedOutInARow: 0 })
      else standing.running += 1
    },
    ended: (arm, timedOut) => {
      const standing = standings.get(arm)
      if (standing === undefined) return
      standing.running -= 1
      standing.timedOutInARow = timedOut ? standing.timedOutInARow + 1 : 0
    },
  }
}
