import type { Json } from '../../base/index.ts'
import type { Difference } from '../difference.ts'
import type { CompareRule } from '../rules/rule.ts'
import type { Verdict } from '../verdict.ts'
import { shortenPair } from './shorten.ts'
import { Exact, toJson, type Value } from './value.ts'

/** At most this many differences of one exchange are kept; the rest are counted. */
export const maxDifferences = 100

/** How far collecting had come: to go back to. */
export interface Mark {
  readonly mismatches: number
  readonly noise: number
  readonly countedMismatches: number
  readonly countedNoise: number
  readonly hid: number
}

/** A difference as it is found; a value is left out where there is none. */
export interface Found {
  readonly kind: Difference['kind']
  readonly path: string
  readonly legacy?: Value | undefined
  readonly service?: Value | undefined
}

/** Collects the differences of one exchange, those that a rule accepts apart from the others, each in bounded number. */
export interface Findings {
  add(found: Found, acceptedBy: CompareRule | undefined): void
  /** How many were found that no rule accepts. */
  mismatches(): number
  save(): Mark
  restore(mark: Mark): void
  verdict(): Verdict
}

/** Starts collecting for one exchange. */
export function buildFindings(): Findings {
  const mismatches: Difference[] = []
  const noise: Difference[] = []
  const hid: CompareRule[] = []
  let countedMismatches = 0
  let countedNoise = 0
  return {
    add(found, acceptedBy) {
      if (acceptedBy === undefined) countedMismatches += 1
      else countedNoise += 1
      if (acceptedBy !== undefined && !hid.includes(acceptedBy)) hid.push(acceptedBy)
      const list = acceptedBy === undefined ? mismatches : noise
      if (list.length < maxDifferences) list.push(differenceOf(found))
    },
    mismatches: () => countedMismatches,
    save: () => ({
      mismatches: mismatches.length,
      noise: noise.length,
      countedMismatches,
      countedNoise,
      hid: hid.length,
    }),
    restore(mark) {
      mismatches.length = mark.mismatches
      noise.length = mark.noise
      hid.length = mark.hid
      countedMismatches = mark.countedMismatches
      countedNoise = mark.countedNoise
    },
    verdict() {
      if (countedMismatches + countedNoise === 0) return { kind: 'match' }
      const rules = hid.length === 0 ? {} : { hid }
      if (countedMismatches === 0) return { kind: 'noise', ...listed(noise, countedNoise), ...rules }
      const accepted = countedNoise === 0 ? {} : { noise, ...noiseLeftOut(countedNoise - noise.length) }
      return { kind: 'mismatch', ...listed(mismatches, countedMismatches), ...accepted, ...rules }
    },
  }
}

function listed(differences: readonly Difference[], counted: number) {
  const leftOut = counted - differences.length
  return leftOut === 0 ? { differences } : { differences, leftOut }
}

function noiseLeftOut(count: number): { readonly noiseLeftOut?: number } {
  return count === 0 ? {} : { noiseLeftOut: count }
}

function differenceOf({ kind, path, legacy, service }: Found): Difference {
  // Beside a text that looks the same, a number must be said to be one.
  const [a, b] = kind === 'type' ? [named(legacy), named(service)] : [plain(legacy), plain(service)]
  const [shownLegacy, shownService] = shortenPair(a, b)
  return { kind, path, legacy: shownLegacy, service: shownService }
}

function named(value: Value | undefined): Json | undefined {
  return value instanceof Exact && value.type === 'number' ? `${value.text} (number)` : plain(value)
}

function plain(value: Value | undefined): Json | undefined {
  return value === undefined ? undefined : toJson(value)
}
