import { atIndex } from '../rules/compile-rules.ts'
import type { CompareRule } from '../rules/rule.ts'
import { alike, type By } from './alike.ts'
import { type Found, goBackTo, markOf } from './findings.ts'
import { type Pairing, pairByKey, pairBySet } from './pair-up.ts'
import { placeOf } from './place.ts'
import { countKeys, type Value } from './value.ts'
import { ascend, compareValues, descend, report, type Walk } from './walk.ts'

type Items = readonly Value[]

/** By what the array itself is judged. */
function byOf({ rule, ids, steps }: Walk): By {
  return { rule, ids, place: placeOf(steps) }
}

/** Compares two arrays as a list, or as a rule says: as a set, or item by item with the same value of one field. */
export function compareArrays(at: Walk, legacy: Items, service: Items): void {
  const as = at.rule?.array
  if (as === undefined) compareLists(at, legacy, service)
  else if (!('keyed' in as)) comparePaired(at, [legacy, service], { as, pairing: pairBySet(legacy, service, byOf(at)) })
  else if (sameKeys(legacy, service, as.keyed)) compareItems(at, [legacy, service], [0, legacy.length])
  else {
    const pairing = pairByKey(legacy, service, { key: as.keyed, ids: at.ids, place: placeOf(at.steps) })
    comparePaired(at, [legacy, service], { as, pairing })
  }
}

function compareLists(at: Walk, legacy: Items, service: Items): void {
  if (legacy.length !== service.length) {
    compareLengths(at, legacy, service)
    return
  }
  if (firstUnlike(legacy, service) === legacy.length && (at.rule === undefined || at.ids === undefined)) return
  const before = markOf(at.findings)
  const differing = compareItems(at, [legacy, service], [0, legacy.length])
  if (differing.length < 2 || !isReordered(at, [legacy, service], differing)) return
  goBackTo(at.findings, before)
  report(at, { kind: 'order', legacy, service }, at.rule?.ignore)
}

/** Where two arrays of equal length first hold something that is not the same scalar; their length when nowhere. */
function firstUnlike(legacy: Items, service: Items): number {
  let index = 0
  while (index < legacy.length && legacy[index] === service[index]) index += 1
  return index
}

const none: readonly number[] = []

/** Compares items at equal indexes; gives the indexes of those that differ by more than rules accept. */
function compareItems(
  at: Walk,
  [legacy, service]: readonly [Items, Items],
  [from, to]: readonly [number, number],
): readonly number[] {
  let differing: number[] | undefined
  for (let index = from; index < to; index += 1) {
    if (legacy[index] === service[index] && (at.rule === undefined || at.ids === undefined)) continue
    const before = at.findings.countedMismatches
    compareItem(at, [legacy, service], [index, index])
    if (at.findings.countedMismatches === before) continue
    differing ??= []
    differing.push(index)
  }
  return differing ?? none
}

function compareItem(at: Walk, [legacy, service]: readonly [Items, Items], [left, right]: readonly [number, number]) {
  const outer = descend(at, left, atIndex(at.rule, left))
  compareValues(at, legacy[left] ?? null, service[right] ?? null)
  ascend(at, outer)
}

/** The first item that differs must be found again elsewhere: most lists are told apart by that alone. */
function isReordered(at: Walk, [legacy, service]: readonly [Items, Items], differing: readonly number[]): boolean {
  const by = { rule: at.rule?.items, ids: at.ids, place: placeOf(at.steps) }
  const first = legacy[differing[0] ?? 0] ?? null
  if (!differing.some((index) => alike(first, service[index] ?? null, by))) return false
  const left = differing.map((index) => legacy[index] ?? null)
  const right = differing.map((index) => service[index] ?? null)
  const { pairs } = pairBySet(left, right, byOf(at))
  return pairs.length === left.length && pairs.every(([a, b]) => alike(left[a] ?? null, right[b] ?? null, by))
}

/** What both begin and end with is set aside, so that an item put in or taken out is one difference. */
function compareLengths(at: Walk, legacy: Items, service: Items): void {
  report(at, { kind: 'length', legacy: legacy.length, service: service.length }, at.rule?.ignore)
  const shorter = Math.min(legacy.length, service.length)
  const tail = alikeAtEnd(at, [legacy, service], shorter - alikeAtStart(at, [legacy, service], shorter))
  compareItems(at, [legacy, service], [0, shorter - tail])
  for (let left = tail; left > 0; left -= 1)
    compareItem(at, [legacy, service], [legacy.length - left, service.length - left])
  at.legacyKeys += countKeys(legacy.slice(shorter - tail, legacy.length - tail))
  at.serviceKeys += countKeys(service.slice(shorter - tail, service.length - tail))
}

function alikeAtStart(at: Walk, [legacy, service]: readonly [Items, Items], most: number): number {
  const by = { rule: at.rule?.items, ids: at.ids, place: placeOf(at.steps) }
  let count = 0
  while (count < most && alike(legacy[count] ?? null, service[count] ?? null, by)) count += 1
  return count
}

function alikeAtEnd(at: Walk, [legacy, service]: readonly [Items, Items], most: number): number {
  const by = { rule: at.rule?.items, ids: at.ids, place: placeOf(at.steps) }
  let count = 0
  while (count < most && alike(legacy.at(-1 - count) ?? null, service.at(-1 - count) ?? null, by)) count += 1
  return count
}

/** As long as both arrays name the same keys at the same places, nothing needs to be looked up. */
function sameKeys(legacy: Items, service: Items, key: string): boolean {
  if (legacy.length !== service.length) return false
  for (let index = 0; index < legacy.length; index += 1) {
    const value = scalarAt(legacy[index], key)
    if (value === undefined || value !== scalarAt(service[index], key)) return false
  }
  return true
}

function scalarAt(item: Value | undefined, key: string): string | number | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const value: unknown = Reflect.get(item, key)
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

/** `as` is the rule that makes order of no account. */
function comparePaired(
  at: Walk,
  [legacy, service]: readonly [Items, Items],
  { as, pairing }: { readonly as: CompareRule; readonly pairing: Pairing },
): void {
  const { pairs, onlyLegacy, onlyService } = pairing
  if (pairs.some(([, right], index) => right < (pairs[index - 1]?.[1] ?? 0)))
    report(at, { kind: 'order', legacy, service }, as)
  for (const pair of pairs) compareItem(at, [legacy, service], pair)
  for (const index of onlyLegacy) reportItem(at, index, { kind: 'missing', legacy: legacy[index] })
  for (const index of onlyService) reportItem(at, index, { kind: 'extra', service: service[index] })
}

function reportItem(at: Walk, index: number, found: Omit<Found, 'path'>): void {
  at.legacyKeys += countKeys(found.legacy)
  at.serviceKeys += countKeys(found.service)
  const outer = descend(at, index, atIndex(at.rule, index))
  report(at, found, at.rule?.ignore)
  ascend(at, outer)
}
