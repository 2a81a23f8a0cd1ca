import { atIndex, atKey, type RuleNode } from '../rules/compile-rules.ts'
import { Exact, isArray, isObject, type Value } from './value.ts'

/**
 * A text that is equal for equal values, whatever the order of keys and of what a rule calls a set. A value that a rule
 * may accept stands as `*`, so that it does not tell values apart.
 */
export function fingerprint(value: Value, rule: RuleNode | undefined): string {
  if (isArray(value)) {
    const items = value.map((item, index) => fingerprint(item, atIndex(rule, index)))
    return `[${(rule?.array === undefined ? items : items.sort()).join(',')}]`
  }
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => [key, fingerprint(value[key] ?? null, atKey(rule, key))] as const)
      .filter(([key, print]) => print !== '*' || atKey(rule, key)?.ignore === undefined)
    return `{${members.map(([key, print]) => `${JSON.stringify(key)}:${print}`).join(',')}}`
  }
  if (rule?.ignore !== undefined || rule?.leaf !== undefined) return '*'
  return value instanceof Exact ? `${value.type} ${value.text}` : JSON.stringify(value)
}
