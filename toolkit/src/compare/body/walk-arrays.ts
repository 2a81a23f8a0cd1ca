import { atIndex, type RuleNode } from '../rules/compile-rules.ts'
import type { CompareRule } from '../rules/rule.ts'
import { alike } from './alike.ts'
import { type Pairing, pairByKey, pairBySet } from './pair-up.ts'
import { countKeys, isObject, type Value } from './value.ts'
import { report, type Walk, walk } from './walk.ts'

type Arrays = readonly [legacy: readonly Value[], service: readonly Value[]]

/** Compares two arrays as a list, or as a rule says: as a set, or item by item with the same value of one field. */
export function compareArrays(at: Walk, arrays: Arrays, rule: RuleNode | undefined): void {
  const as = rule?.array
  if (as === undefined) compareLists(at, arrays, rule)
  else if ('keyed' in as) compareKeyed(at, arrays, { rule, as, key: as.keyed })
  else comparePaired(at, arrays, { rule, as, pairing: pairBySet(...arrays, { rule, ids: at.ids }) })
}

function compareLists(at: Walk, [legacy, service]: Arrays, rule: RuleNode | undefined): void {
  if (legacy.length !== service.length) {
    compareLengths(at, [legacy, service], rule)
    return
  }
  const before = at.findings.save()
  const differing = compareItems(at, [legacy, service], { rule, from: 0 })
  if (differing.length < 2 || !isReordered([legacy, service], differing, { rule, at })) return
  at.findings.restore(before)
  report(at, { kind: 'order', legacy, service }, rule?.ignore)
}

/** Compares items at equal indexes; gives the indexes of those that differ by more than rules accept. */
function compareItems(
  at: Walk,
  [legacy, service]: Arrays,
  { rule, from, to = legacy.length }: { readonly rule: RuleNode | undefined; readonly from: number; to?: number },
): number[] {
  const differing: number[] = []
  for (let index = from; index < to; index += 1) {
    const mismatches = at.findings.mismatches()
    compareItem(at, [index, index], { legacy, service, rule })
    if (at.findings.mismatches() > mismatches) differing.push(index)
  }
  return differing
}

function compareItem(
  at: Walk,
  [left, right]: readonly [legacy: number, service: number],
  of: { readonly legacy: readonly Value[]; readonly service: readonly Value[]; readonly rule: RuleNode | undefined },
): void {
  at.steps.push(left)
  walk(at, [of.legacy[left] ?? null, of.service[right] ?? null], atIndex(of.rule, left))
  at.steps.pop()
}

/** The first item that differs must be found again elsewhere: most lists are told apart by that alone. */
function isReordered(
  [legacy, service]: Arrays,
  differing: readonly number[],
  { rule, at }: { readonly rule: RuleNode | undefined; readonly at: Walk },
): boolean {
  const by = { rule: rule?.items, ids: at.ids }
  const first = legacy[differing[0] ?? 0] ?? null
  if (!differing.some((index) => alike(first, service[index] ?? null, by))) return false
  const left = differing.map((index) => legacy[index] ?? null)
  const right = differing.map((index) => service[index] ?? null)
  const { pairs } = pairBySet(left, right, { rule, ids: at.ids })
  return pairs.length === left.length && pairs.every(([a, b]) => alike(left[a] ?? null, right[b] ?? null, by))
}

/** What both begin and end with is set aside, so that an item put in or taken out is one difference. */
function compareLengths(at: Walk, [legacy, service]: Arrays, rule: RuleNode | undefined): void {
  report(at, { kind: 'length', legacy: legacy.length, service: service.length }, rule?.ignore)
  const by = { rule: rule?.items, ids: at.ids }
  const shorter = Math.min(legacy.length, service.length)
  let head = 0
  while (head < shorter && alike(legacy[head] ?? null, service[head] ?? null, by)) head += 1
  let tail = 0
  const fromEnd = (items: readonly Value[]) => items[items.length - 1 - tail] ?? null
  while (tail < shorter - head && alike(fromEnd(legacy), fromEnd(service), by)) tail += 1
  compareItems(at, [legacy, service], { rule, from: 0, to: shorter - tail })
  for (let left = tail; left > 0; left -= 1)
    compareItem(at, [legacy.length - left, service.length - left], { legacy, service, rule })
  at.keys.legacy += countKeys(legacy.slice(shorter - tail, legacy.length - tail))
  at.keys.service += countKeys(service.slice(shorter - tail, service.length - tail))
}

interface Paired {
  readonly rule: RuleNode | undefined
  /** The rule that makes order of no account. */
  readonly as: CompareRule
}

/** As long as both arrays name the same keys at the same places, nothing needs to be looked up. */
function compareKeyed(at: Walk, arrays: Arrays, { rule, as, key }: Paired & { readonly key: string }): void {
  const [legacy, service] = arrays
  if (legacy.length === service.length && legacy.every((item, index) => sameKey(item, service[index], key))) {
    compareItems(at, arrays, { rule, from: 0 })
    return
  }
  comparePaired(at, arrays, { rule, as, pairing: pairByKey(legacy, service, { key, ids: at.ids }) })
}

function sameKey(legacy: Value, service: Value | undefined, key: string): boolean {
  if (!isObject(legacy) || !isObject(service)) return false
  const value = legacy[key]
  return value === service[key] && (typeof value === 'string' || typeof value === 'number')
}

function comparePaired(at: Walk, arrays: Arrays, { rule, as, pairing }: Paired & { readonly pairing: Pairing }): void {
  const [legacy, service] = arrays
  if (pairing.pairs.some(([, right], index) => right < (pairing.pairs[index - 1]?.[1] ?? 0)))
    report(at, { kind: 'order', legacy, service }, as)
  for (const pair of pairing.pairs) compareItem(at, pair, { legacy, service, rule })
  for (const index of pairing.onlyLegacy) reportItem(at, index, { kind: 'missing', legacy: legacy[index] }, rule)
  for (const index of pairing.onlyService) reportItem(at, index, { kind: 'extra', service: service[index] }, rule)
}

function reportItem(
  at: Walk,
  index: number,
  found: {
    readonly kind: 'missing' | 'extra'
    readonly legacy?: Value | undefined
    readonly service?: Value | undefined
  },
  rule: RuleNode | undefined,
): void {
  at.keys.legacy += countKeys(found.legacy)
  at.keys.service += countKeys(found.service)
  at.steps.push(index)
  report(at, found, atIndex(rule, index)?.ignore)
  at.steps.pop()
}
