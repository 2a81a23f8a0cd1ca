import type { IdPairs } from '../ids.ts'
import { atIndex, atKey, type RuleNode } from '../rules/compile-rules.ts'
import { fingerprint } from './fingerprint.ts'
import { leafAccepts, sameUnderIds } from './leaf.ts'
import { isArray, isObject, sameLeaf, type Value, type ValueObject } from './value.ts'

/** By what two values are judged: the rules at their place, and what is known of ids. */
export interface By {
  readonly rule: RuleNode | undefined
  readonly ids: IdPairs | undefined
}

/** Whether two values are equal but for what rules accept. Ends at the first difference. */
export function alike(legacy: Value, service: Value, by: By): boolean {
  if (sameLeaf(legacy, service)) return true
  if (isArray(legacy) && isArray(service)) return alikeArrays(legacy, service, by)
  if (isObject(legacy) && isObject(service)) return alikeObjects(legacy, service, by)
  const { rule, ids } = by
  if (rule?.ignore !== undefined) return true
  if (rule?.leaf !== undefined && leafAccepts(rule.leaf, [legacy, service], ids)) return true
  return ids !== undefined && sameUnderIds(legacy, service, ids)
}

function alikeArrays(legacy: readonly Value[], service: readonly Value[], { rule, ids }: By): boolean {
  if (legacy.length !== service.length) return false
  if (rule?.array !== undefined) return fingerprint(legacy, rule) === fingerprint(service, rule)
  return legacy.every((item, index) => alike(item, service[index] ?? null, { rule: atIndex(rule, index), ids }))
}

function alikeObjects(legacy: ValueObject, service: ValueObject, { rule, ids }: By): boolean {
  const mayLack = (key: string) => atKey(rule, key)?.ignore !== undefined
  return (
    Object.keys(legacy).every((key) =>
      Object.hasOwn(service, key)
        ? alike(legacy[key] ?? null, service[key] ?? null, { rule: atKey(rule, key), ids })
        : mayLack(key),
    ) && Object.keys(service).every((key) => Object.hasOwn(legacy, key) || mayLack(key))
  )
}
