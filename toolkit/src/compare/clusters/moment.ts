import type { Json } from '../../base/index.ts'
import { parseInstant } from '../describe/instant.ts'

const longestText = 40

/** What a clock may have read, in ms since 1970: an instant as text, or seconds or milliseconds since 1970 as a number. */
export function momentOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string') return value.length > longestText ? undefined : parseInstant(value)?.ms
  if (typeof value !== 'number' || value < 3e8 || value > 1e13) return undefined
  return value > 1e11 ? value : value * 1000
}

/** How many ms lie between two moments; undefined when one is none. */
export function momentsApart(legacy: Json | undefined, service: Json | undefined): number | undefined {
  const [a, b] = [momentOf(legacy), momentOf(service)]
  return a === undefined || b === undefined ? undefined : Math.abs(b - a)
}
