import type { IdPairs, IdPlace } from '../ids.ts'
import type { CompareRule } from '../rules/rule.ts'
import { instantOf } from './instant-of.ts'
import { below } from './place.ts'
import { Exact, type Value } from './value.ts'

/** What is known of ids, and of the place where two values stand. */
export interface IdsAt {
  readonly ids: IdPairs | undefined
  readonly place: IdPlace
}

/** Whether a rule accepts that two values without parts differ. */
export function leafAccepts(rule: CompareRule, [legacy, service]: readonly [Value, Value], at: IdsAt): boolean {
  if ('tolerance' in rule) return withinTolerance(legacy, service, rule.tolerance)
  if ('instantMs' in rule) return withinInstant(legacy, service, rule.instantMs)
  if (!('id' in rule) || !isIdLike(legacy) || !isIdLike(service)) return false
  return at.ids?.relate(legacy, service, at.place) !== 'conflict'
}

/** Whether two differing values are known to be ids of one thing, or are texts that differ only in such ids. */
export function sameUnderIds(legacy: Value, service: Value, { ids, place }: IdsAt): boolean {
  if (ids === undefined || !isIdLike(legacy) || !isIdLike(service)) return false
  if (ids.relate(legacy, service, place) === 'same') return true
  return typeof legacy === 'string' && typeof service === 'string' && sameWordsUnderIds(legacy, service, { ids, place })
}

const maxIdText = 2000
const betweenWords = /([^\w-]+)/
const isWord = /^[A-Za-z]/

/** `/customers/3010/orders` against `/customers/5001/orders`: word by word, and what stands before a word is its place. */
function sameWordsUnderIds(
  legacy: string,
  service: string,
  { ids, place }: { readonly ids: IdPairs; readonly place: IdPlace },
): boolean {
  if (legacy.length > maxIdText || service.length > maxIdText) return false
  const a = legacy.split(betweenWords)
  const b = service.split(betweenWords)
  if (a.length < 2 || a.length !== b.length) return false
  let at = place
  return a.every((word, index) => {
    const other = b[index] ?? ''
    if (word !== other) return ids.relate(word, other, at) === 'same'
    if (isWord.test(word)) at = below(at, word)
    return true
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
