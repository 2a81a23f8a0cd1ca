import { atIndex, atKey, type RuleNode } from '../rules/compile-rules.ts'
import { fingerprint } from './fingerprint.ts'
import { type IdsAt, leafAccepts, sameUnderIds } from './leaf.ts'
import { below } from './place.ts'
import { isArray, isObject, sameLeaf, type Value, type ValueObject } from './value.ts'

/** By what two values are judged: the rules at their place, and what is known of ids there. */
export interface By extends IdsAt {
  readonly rule: RuleNode | undefined
}

/** Whether two values are equal but for what rules accept. Ends at the first difference. */
export function alike(legacy: Value, service: Value, by: By): boolean {
  if (sameLeaf(legacy, service)) return true
  if (isArray(legacy) && isArray(service)) return alikeArrays(legacy, service, by)
  if (isObject(legacy) && isObject(service)) return alikeObjects(legacy, service, by)
  const { rule } = by
  if (rule?.ignore !== undefined) return true
  if (rule?.leaf !== undefined && leafAccepts(rule.leaf, [legacy, service], by)) return true
  return sameUnderIds(legacy, service, by)
}

function alikeArrays(legacy: readonly Value[], service: readonly Value[], { rule, ids, place }: By): boolean {
  if (legacy.length !== service.length) return false
  if (rule?.array !== undefined) return fingerprint(legacy, rule) === fingerprint(service, rule)
  return legacy.every((item, index) => alike(item, service[index] ?? null, { rule: atIndex(rule, index), ids, place }))
}

function alikeObjects(legacy: ValueObject, service: ValueObject, { rule, ids, place }: By): boolean {
  const mayLack = (key: string) => atKey(rule, key)?.ignore !== undefined
  return (
    Object.keys(legacy).every((key) =>
      Object.hasOwn(service, key)
        ? alike(legacy[key] ?? null, service[key] ?? null, { rule: atKey(rule, key), ids, place: below(place, key) })
        : mayLack(key),
    ) && Object.keys(service).every((key) => Object.hasOwn(legacy, key) || mayLack(key))
  )
}
