import type { Difference } from '../difference.ts'
import type { Range, SeenPairs } from './seen-pairs.ts'

const leastValues = 3
const mostEnumValues = 12
/** Of the differences whose service value legacy had given before. */
const staleShare = 0.8

/**
 * The pattern that no single difference shows, but all of them together: `stale`, `constant`, `enum`, `added:5`,
 * `multiplied:1.2`; `none` where there is none.
 */
export function patternOfRest(kind: Difference['kind'], seen: SeenPairs): string {
  if (kind !== 'value' && kind !== 'header' && kind !== 'type') return 'none'
  if (seen.stale >= 2 && seen.stale >= staleShare * seen.differences) return 'stale'
  return numberPattern(seen) ?? mappingPattern(seen) ?? 'none'
}

function numberPattern({ added, ratio, distinct }: SeenPairs): string | undefined {
  if (distinct.legacy < leastValues) return undefined
  if (added !== undefined && isOne(added)) return `added:${shown(added.least)}`
  return ratio !== undefined && isOne(ratio) ? `multiplied:${shown(ratio.least)}` : undefined
}

function isOne({ least, most }: Range): boolean {
  return Number.isFinite(most) && Math.abs(most - least) <= 1e-6 * Math.max(Math.abs(least), Math.abs(most))
}

function shown(value: number): string {
  return String(Number(value.toPrecision(8)))
}

/** Values that return say more than values that are new each time. */
function mappingPattern({ mapped, distinct, differences }: SeenPairs): string | undefined {
  if (distinct.service === 1 && distinct.legacy >= leastValues) return 'constant'
  if (mapped === undefined || mapped.size > mostEnumValues) return undefined
  return mapped.size === 1 || differences >= 2 * mapped.size ? 'enum' : undefined
}
