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

/** The differences of one exchange, those that a rule accepts apart from the others, each in bounded number. */
export interface Findings {
  readonly mismatches: Difference[]
  readonly noise: Difference[]
  readonly hid: CompareRule[]
  countedMismatches: number
  countedNoise: number
}

/** Starts collecting for one exchange. */
export function noFindings(): Findings {
  return { mismatches: [], noise: [], hid: [], countedMismatches: 0, countedNoise: 0 }
}

/** Collects one difference, under the rule that accepts it. */
export function addFinding(to: Findings, found: Found, acceptedBy: CompareRule | undefined): void {
  if (acceptedBy === undefined) {
    to.countedMismatches += 1
    if (to.mismatches.length < maxDifferences) to.mismatches.push(differenceOf(found))
    return
  }
  to.countedNoise += 1
  if (to.noise.length < maxDifferences) to.noise.push(differenceOf(found))
  if (!to.hid.includes(acceptedBy)) to.hid.push(acceptedBy)
}

/** How far it has come, to go back to. */
export function markOf({ mismatches, noise, hid, countedMismatches, countedNoise }: Findings): Mark {
  return { mismatches: mismatches.length, noise: noise.length, hid: hid.length, countedMismatches, countedNoise }
}

/** Forgets what was collected after a mark. */
export function goBackTo(findings: Findings, mark: Mark): void {
  findings.mismatches.length = mark.mismatches
  findings.noise.length = mark.noise
  findings.hid.length = mark.hid
  findings.countedMismatches = mark.countedMismatches
  findings.countedNoise = mark.countedNoise
}

/** What all that was collected comes to. */
export function verdictOf({ mismatches, noise, hid, countedMismatches, countedNoise }: Findings): Verdict {
  if (countedMismatches + countedNoise === 0) return { kind: 'match' }
  const rules = hid.length === 0 ? {} : { hid }
  if (countedMismatches === 0) return { kind: 'noise', ...listed(noise, countedNoise), ...rules }
  const accepted = countedNoise === 0 ? {} : { noise, ...noiseLeftOut(countedNoise - noise.length) }
  return { kind: 'mismatch', ...listed(mismatches, countedMismatches), ...accepted, ...rules }
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
