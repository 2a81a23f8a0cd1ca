import type { PathStep } from '../../base/index.ts'
import type { IdPairs } from '../ids.ts'
import { atKey, type RuleNode } from '../rules/compile-rules.ts'
import type { CompareRule } from '../rules/rule.ts'
import { addFinding, type Findings, type Found } from './findings.ts'
import { leafAccepts, sameUnderIds } from './leaf.ts'
import { formatPath } from './path.ts'
import { placeOf } from './place.ts'
import {
  countKeys,
  isArray,
  isObject,
  maxDepth,
  sameLeaf,
  TooDeep,
  typeName,
  type Value,
  type ValueObject,
} from './value.ts'
import { compareArrays } from './walk-arrays.ts'

/** Where a walk is, and what it collects. */
export interface Walk {
  readonly findings: Findings
  readonly ids: IdPairs | undefined
  /** From `$` to here; its text is made only where something differs. */
  readonly steps: PathStep[]
  /** The rules for this place and below. */
  rule: RuleNode | undefined
  /** Keys of all objects met so far: a body with more keys than its value has duplicates. */
  legacyKeys: number
  serviceKeys: number
}

/** By what values are compared, and where what differs is reported. */
export interface WalkOptions {
  readonly findings: Findings
  /** The rules for the whole value. */
  readonly rule: RuleNode | undefined
  readonly ids: IdPairs | undefined
}

/**
 * Reports every path where two values differ, in document order of the legacy value, and by which rule that is accepted.
 * Key order does not count; array order does, unless a rule says that it does not. Throws `TooDeep`.
 */
export function walk(legacy: Value, service: Value, { findings, rule, ids }: WalkOptions): Walk {
  const at: Walk = { findings, ids, steps: [], rule, legacyKeys: 0, serviceKeys: 0 }
  compareValues(at, legacy, service)
  return at
}

/** Compares two values at the walk's place. */
export function compareValues(at: Walk, legacy: Value, service: Value): void {
  if (typeof legacy !== 'object') compareLeaves(at, legacy, service)
  else if (isArray(legacy) && isArray(service)) compareArrays(at, legacy, service)
  else if (isObject(legacy) && isObject(service)) compareObjects(at, legacy, service)
  else compareLeaves(at, legacy, service)
}

/** Reports a difference at the walk's place. */
export function report(at: Walk, found: Omit<Found, 'path'>, acceptedBy: CompareRule | undefined): void {
  const { kind, legacy, service } = found
  addFinding(at.findings, { kind, path: formatPath(at.steps), legacy, service }, acceptedBy)
}

/** Goes one step down; `rule` holds there. */
export function descend(at: Walk, step: PathStep, rule: RuleNode | undefined): RuleNode | undefined {
  const outer = at.rule
  if (at.steps.push(step) > maxDepth) throw new TooDeep()
  at.rule = rule
  return outer
}

/** Goes back up, to where `rule` holds. */
export function ascend(at: Walk, rule: RuleNode | undefined): void {
  at.steps.pop()
  at.rule = rule
}

/** Most members are equal: those are passed at the cost of two look-ups. `for in` is the fastest way over an object. */
function compareObjects(at: Walk, legacy: ValueObject, service: ValueObject): void {
  let keys = 0
  let others = 0
  let missing = 0
  for (const key in legacy) {
    keys += 1
    const left = legacy[key] ?? null
    if (left === service[key] && (at.rule === undefined || at.ids === undefined)) continue
    if (Object.hasOwn(service, key)) compareMember(at, key, [left, service[key] ?? null])
    else {
      missing += 1
      reportMember(at, key, { kind: 'missing', legacy: left })
    }
  }
  for (const _ in service) others += 1
  at.legacyKeys += keys
  at.serviceKeys += others
  if (others === keys - missing) return
  for (const key of Object.keys(service))
    if (!Object.hasOwn(legacy, key)) reportMember(at, key, { kind: 'extra', service: service[key] })
}

function compareMember(at: Walk, key: string, [legacy, service]: readonly [Value, Value]): void {
  const outer = descend(at, key, atKey(at.rule, key))
  compareValues(at, legacy, service)
  ascend(at, outer)
}

function reportMember(at: Walk, key: string, found: Omit<Found, 'path'>): void {
  at.legacyKeys += countKeys(found.legacy)
  at.serviceKeys += countKeys(found.service)
  const outer = descend(at, key, atKey(at.rule, key))
  report(at, found, at.rule?.ignore)
  ascend(at, outer)
}

function compareLeaves(at: Walk, legacy: Value, service: Value): void {
  const { ids, rule } = at
  if (sameLeaf(legacy, service)) {
    if (ids !== undefined && rule?.leaf !== undefined && isConflict(rule.leaf, legacy, at))
      report(at, { kind: 'value', legacy, service }, rule.ignore)
    return
  }
  at.legacyKeys += countKeys(legacy)
  at.serviceKeys += countKeys(service)
  const here = { ids, place: placeOf(at.steps) }
  if (sameUnderIds(legacy, service, here)) return
  const accepted = rule?.leaf !== undefined && leafAccepts(rule.leaf, [legacy, service], here)
  const kind = typeName(legacy) === typeName(service) ? 'value' : 'type'
  report(at, { kind, legacy, service }, accepted ? rule?.leaf : rule?.ignore)
}

/** Equal ids may still belong to two things: legacy customer 7 is service customer 5001, and 7 is another one there. */
function isConflict(rule: CompareRule, id: Value, { ids, steps }: Walk): boolean {
  if (!('id' in rule) || (typeof id !== 'string' && typeof id !== 'number')) return false
  return ids?.relate(id, id, placeOf(steps)) === 'conflict'
}
