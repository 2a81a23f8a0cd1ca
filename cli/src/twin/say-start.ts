import type { TwinDatabases } from '@banyan/toolkit/data-sync'
import { formatCount } from '@banyan/toolkit/plan'

/** What people are told of the state in which both copies were before anything was sent: equal, not, or nothing to tell (law 7). */
export function startText({ capability, aggregates, equal, drift, samples }: TwinDatabases['start']): string {
  const all = `${formatCount(aggregates)} aggregates of ${capability}`
  if (equal === true) return `(${all} are equal on both copies)`
  const drifted = Object.values(drift).reduce((sum, count) => sum + count, 0)
  const [first] = samples
  if (drifted === 0) return `! it is not known whether ${all} are equal on both copies`
  const example = first === undefined ? '' : `, such as ${String(first.key)}: ${first.path || first.kind}`
  return `! ${formatCount(drifted)} of ${all} differ on the copies before anything is sent${example}`
}
