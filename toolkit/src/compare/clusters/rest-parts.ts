import { combined } from './combined.ts'
import { patternOfRest } from './rest-pattern.ts'
import type { SeenPairs } from './seen-pairs.ts'
import type { Signature } from './signatures.ts'

/** What was seen of one signature. */
export interface Counted {
  readonly signature: Signature
  readonly seen: SeenPairs
}

/** Of what fits no pattern by itself: a map of values that explains so much of it is a cause of its own. */
const leastShare = 0.75
const leastOfPair = 2

/**
 * Parts what fits no pattern by itself: where only few stray values keep all of it from being a fixed map of values, the
 * map is one part, and the stray values are another.
 */
export function partsOfRest(rest: readonly Counted[]): readonly (readonly Counted[])[] {
  if (rest.length <= 1 || patternOf(rest) !== 'none') return rest.length === 0 ? [] : [rest]
  const mapped = dominantMap(rest)
  if (total(mapped) < leastShare * total(rest) || patternOf(mapped) !== 'enum') return [rest]
  return [mapped, rest.filter((counted) => !mapped.includes(counted))]
}

/** Signatures with what was seen of them between the arms, without those that only two answers of legacy show. */
export function countedOf(signatures: readonly Signature[]): readonly Counted[] {
  return signatures.flatMap((signature) => {
    const seen = signature.pairs.seen()
    return seen === undefined ? [] : [{ signature, seen }]
  })
}

/** The differences of some signatures together. */
export function total(counted: readonly Counted[]): number {
  return counted.reduce((sum, { seen }) => sum + seen.differences, 0)
}

/** What some signatures show together; at least one. */
export function seenOf([first, ...rest]: readonly Counted[]): SeenPairs {
  if (first === undefined) throw new RangeError('a cluster has at least one difference')
  return rest.reduce((sum, next) => combined(sum, next.seen), first.seen)
}

function patternOf(counted: readonly Counted[]): string {
  const [first] = counted
  return first === undefined ? 'none' : patternOfRest(first.signature.kind, seenOf(counted))
}

/** Each value of legacy with what it becomes most often. */
function dominantMap(rest: readonly Counted[]): readonly Counted[] {
  const byValue = new Map<string, Counted>()
  for (const counted of [...rest].sort((a, b) => b.seen.differences - a.seen.differences)) {
    const { pair } = counted.signature
    if (pair === undefined || counted.seen.differences < leastOfPair || byValue.has(pair.legacy)) continue
    byValue.set(pair.legacy, counted)
  }
  return [...byValue.values()]
}
