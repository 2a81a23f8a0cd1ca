import type { IdPairs } from '../ids.ts'
import type { CompareRule } from '../rules/rule.ts'
import { instantOf } from './instant-of.ts'
import { Exact, type Value } from './value.ts'

/** Whether a rule accepts that two values without parts differ. */
export function leafAccepts(rule: CompareRule, [legacy, service]: readonly [Value, Value], ids?: IdPairs): boolean {
  if ('tolerance' in rule) return withinTolerance(legacy, service, rule.tolerance)
  if ('instantMs' in rule) return withinInstant(legacy, service, rule.instantMs)
  if (!('id' in rule) || !isIdLike(legacy) || !isIdLike(service)) return false
  return ids === undefined || ids.relate(legacy, service) !== 'conflict'
}

/** Whether two differing values are known to be ids of one thing, or are texts that differ only in such ids. */
export function sameUnderIds(legacy: Value, service: Value, ids: IdPairs): boolean {
  if (!isIdLike(legacy) || !isIdLike(service)) return false
  if (ids.relate(legacy, service) === 'same') return true
  return typeof legacy === 'string' && typeof service === 'string' && sameWordsUnderIds(legacy, service, ids)
}

const maxIdText = 2000
const betweenWords = /([^\w-]+)/

/** `/customers/3010/orders` against `/customers/5001/orders`: word by word. */
function sameWordsUnderIds(legacy: string, service: string, ids: IdPairs): boolean {
  if (legacy.length > maxIdText || service.length > maxIdText) return false
  const a = legacy.split(betweenWords)
  const b = service.split(betweenWords)
  if (a.length < 2 || a.length !== b.length) return false
  return a.every((word, index) => {
    const other = b[index] ?? ''
    return word === other || ids.relate(word, other) === 'same'
  })
}

function isIdLike(value: Value): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function withinTolerance(legacy: Value, service: Value, tolerance: number): boolean {
  const a = numberOf(legacy)
  const b = numberOf(service)
  if (a === undefined || b === undefined || (typeof legacy === 'string') !== (typeof service === 'string')) return false
  // 1.15 - 1.14 is a little more than 0.01: what a double cannot say must not decide.
  return Math.abs(a - b) <= tolerance + 4 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b))
}

function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof Exact) return value.type === 'number' ? Number(value.text) : undefined
  return typeof value === 'string' && /^[+-]?\d{1,30}(\.\d{1,30})?$/.test(value) ? Number(value) : undefined
}

function withinInstant(legacy: Value, service: Value, withinMs: number): boolean {
  const a = instantOf(legacy)
  const b = instantOf(service)
  return a !== undefined && b !== undefined && Math.abs(a - b) <= withinMs
}
