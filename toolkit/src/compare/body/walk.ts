import type { PathStep } from '../../base/index.ts'
import type { IdPairs } from '../ids.ts'
import { atKey, type RuleNode } from '../rules/compile-rules.ts'
import type { Findings, Found } from './findings.ts'
import { leafAccepts, sameUnderIds } from './leaf.ts'
import { formatPath } from './path.ts'
import { countKeys, isArray, isObject, sameLeaf, typeName, type Value, type ValueObject } from './value.ts'
import { compareArrays } from './walk-arrays.ts'

/** Values nested deeper than this are not walked: the walk recurses, and a body may be made to exhaust the stack. */
export const maxDepth = 400

/** Where a walk is, and what it collects. */
export interface Walk {
  readonly findings: Findings
  readonly ids: IdPairs | undefined
  /** From `$` to here; its text is made only where something differs. */
  readonly steps: PathStep[]
  /** Keys of all objects met so far: a body with more keys than its value has duplicates. */
  readonly keys: { legacy: number; service: number }
}

/** Starts a walk that reports to `findings`. */
export function buildWalk(findings: Findings, ids: IdPairs | undefined): Walk {
  return { findings, ids, steps: [], keys: { legacy: 0, service: 0 } }
}

/**
 * Reports every path where two values differ, in document order of the legacy value, and by which rule that is accepted.
 * Key order does not count; array order does, unless a rule says that it does not. Values may nest 400 levels deep.
 */
export function walk(at: Walk, [legacy, service]: readonly [Value, Value], rule: RuleNode | undefined): void {
  if (legacy === service && rule === undefined) return
  if (isArray(legacy) && isArray(service)) compareArrays(at, [legacy, service], rule)
  else if (isObject(legacy) && isObject(service)) compareObjects(at, [legacy, service], rule)
  else compareLeaves(at, [legacy, service], rule)
}

/** Reports a difference at the walk's place. */
export function report(at: Walk, found: Omit<Found, 'path'>, acceptedBy: RuleNode['ignore']): void {
  at.findings.add({ ...found, path: formatPath(at.steps) }, acceptedBy)
}

function compareObjects(at: Walk, [legacy, service]: readonly [ValueObject, ValueObject], rule?: RuleNode): void {
  const keys = Object.keys(legacy)
  const others = Object.keys(service)
  at.keys.legacy += keys.length
  at.keys.service += others.length
  let index = 0
  let shared = 0
  for (const key of keys) {
    const inBoth = key === others[index] || Object.hasOwn(service, key)
    index += 1
    if (inBoth) {
      shared += 1
      compareMember(at, key, [legacy[key] ?? null, service[key] ?? null, atKey(rule, key)])
    } else reportMember(at, key, { kind: 'missing', legacy: legacy[key] }, rule)
  }
  if (shared === others.length) return
  for (const key of others) {
    if (!Object.hasOwn(legacy, key)) reportMember(at, key, { kind: 'extra', service: service[key] }, rule)
  }
}

/** Most members are equal: those are passed without a step. */
function compareMember(at: Walk, key: string, [legacy, service, rule]: readonly [Value, Value, RuleNode?]): void {
  if (legacy === service && rule === undefined) return
  at.steps.push(key)
  walk(at, [legacy, service], rule)
  at.steps.pop()
}

function reportMember(at: Walk, key: string, found: Omit<Found, 'path'>, rule: RuleNode | undefined): void {
  at.keys.legacy += countKeys(found.legacy)
  at.keys.service += countKeys(found.service)
  at.steps.push(key)
  report(at, found, atKey(rule, key)?.ignore)
  at.steps.pop()
}

function compareLeaves(at: Walk, [legacy, service]: readonly [Value, Value], rule?: RuleNode): void {
  const { ids } = at
  if (sameLeaf(legacy, service)) {
    if (ids !== undefined && rule?.leaf !== undefined && isConflict(rule.leaf, legacy, ids))
      report(at, { kind: 'value', legacy, service }, rule.ignore)
    return
  }
  at.keys.legacy += countKeys(legacy)
  at.keys.service += countKeys(service)
  if (ids !== undefined && sameUnderIds(legacy, service, ids)) return
  const accepted = rule?.leaf !== undefined && leafAccepts(rule.leaf, [legacy, service], ids)
  const kind = typeName(legacy) === typeName(service) ? 'value' : 'type'
  report(at, { kind, legacy, service }, accepted ? rule?.leaf : rule?.ignore)
}

/** Equal ids may still belong to two things: legacy customer 7 is service customer 5001, and 7 is another one there. */
function isConflict(rule: NonNullable<RuleNode['leaf']>, id: Value, ids: IdPairs): boolean {
  return 'id' in rule && (typeof id === 'string' || typeof id === 'number') && ids.relate(id, id) === 'conflict'
}
