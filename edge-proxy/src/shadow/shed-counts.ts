import { type ShadowShed, shadowShedReasons } from '../passage/shadow-shed.ts'

/** How many shadows were left out since the start, by why. */
export type ShedCounts = Readonly<Record<ShadowShed, number>>

/** Zero for every reason. */
export function noneShed(): Record<ShadowShed, number> {
  return { full: 0, busy: 0, overloaded: 0, silent: 0, 'too-large': 0 }
}

/** All that several edges left out. */
export function addShed(all: readonly ShedCounts[]): ShedCounts {
  const sum = noneShed()
  for (const counts of all) for (const why of shadowShedReasons) sum[why] += counts[why]
  return sum
}
