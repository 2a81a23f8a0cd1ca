import type { Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { Accepts } from '../rules/compile-rules.ts'
import type { CompareRule } from '../rules/rule.ts'
import type { Verdict } from '../verdict.ts'
import { shortenPair } from './shorten.ts'

/** At most this many differences of one exchange are kept; the rest are counted. */
export const maxDifferences = 100

/** How far collecting had come: to go back to. */
export interface Mark {
  readonly mismatches: number
  readonly noise: number
  readonly countedMismatches: number
  readonly countedNoise: number
}

/** The two values of a difference; left out where there is none. */
export interface Sides {
  readonly legacy?: Json | undefined
  readonly service?: Json | undefined
}

/** Collects the differences of one exchange, those that a rule accepts apart from the others, each in bounded number. */
export interface Findings {
  add(kind: Difference['kind'], path: string, sides: Sides): void
  save(): Mark
  restore(mark: Mark): void
  mismatchedSince(mark: Mark): boolean
  verdict(): Verdict
}

/** Starts collecting for one exchange. */
export function buildFindings(accepts: Accepts): Findings {
  const mismatches: Difference[] = []
  const noise: Difference[] = []
  let countedMismatches = 0
  let countedNoise = 0
  const hid = new Set<CompareRule>()
  return {
    add(kind, path, sides) {
      const accepted = accepts(path)
      if (accepted !== undefined) hid.add(accepted)
      if (accepted !== undefined) countedNoise += 1
      else countedMismatches += 1
      const list = accepted !== undefined ? noise : mismatches
      if (list.length < maxDifferences) list.push(differenceOf(kind, path, sides))
    },
    save: () => ({ mismatches: mismatches.length, noise: noise.length, countedMismatches, countedNoise }),
    restore(mark) {
      mismatches.length = mark.mismatches
      noise.length = mark.noise
      countedMismatches = mark.countedMismatches
      countedNoise = mark.countedNoise
    },
    mismatchedSince: (mark) => countedMismatches > mark.countedMismatches,
    verdict() {
      if (countedNoise + countedMismatches === 0) return { kind: 'match' }
      const rules = hid.size === 0 ? {} : { hid: [...hid] }
      if (countedMismatches === 0)
        return { kind: 'noise', differences: noise, ...leftOut(countedNoise - noise.length), ...rules }
      const beside = countedNoise === 0 ? {} : { noise, ...noiseLeftOut(countedNoise - noise.length) }
      return {
        kind: 'mismatch',
        differences: mismatches,
        ...leftOut(countedMismatches - mismatches.length),
        ...beside,
        ...rules,
      }
    },
  }
}

function leftOut(count: number): { readonly leftOut?: number } {
  return count === 0 ? {} : { leftOut: count }
}

function noiseLeftOut(count: number): { readonly noiseLeftOut?: number } {
  return count === 0 ? {} : { noiseLeftOut: count }
}

function differenceOf(kind: Difference['kind'], path: string, sides: Sides): Difference {
  const [legacy, service] = shortenPair(sides.legacy, sides.service)
  return { kind, path, legacy, service }
}
