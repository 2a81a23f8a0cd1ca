import type { Json } from '../../base/index.ts'
import { maxDepth, TooDeep, type Value } from './value.ts'

/** Of each piece its values: one, or several items of an array. */
export type Shared = readonly (readonly Json[])[]

/** A value with its pieces. */
export interface Filled {
  readonly value: Value
  /** How many keys its objects have, those within pieces aside. */
  readonly keys: number
}

/** How a place begins. Unescaped, U+0001 may not stand in a JSON text (RFC 8259, section 7). */
export const placeMark = '\\u0001'

/** The JSON text that holds the place of a piece, in a text that says U+0001 nowhere else. */
export function placeFor(index: number): string {
  return `"${placeMark}${index}"`
}

/** Puts each piece in its place, within `value`; undefined unless each is met where a value stands. Throws `TooDeep`. */
export function fillPlaces(value: Json, shared: Shared): Filled | undefined {
  const filling: Filling = { shared, met: 0, keys: 0 }
  const [filled, ...more] = fillItems([value], filling, 0)
  if (filled === undefined || more.length > 0 || filling.met !== shared.length) return undefined
  return { value: filled, keys: filling.keys }
}

interface Filling {
  readonly shared: Shared
  /** Places met so far. None is met twice, but one may be lost: as a key, or as the value of a duplicate key. */
  met: number
  keys: number
}

function fillItems(items: readonly Json[], filling: Filling, depth: number): readonly Json[] {
  let filled: Json[] | undefined
  for (const [index, item] of items.entries()) {
    const piece = pieceAt(item, filling)
    if (piece !== undefined) {
      filled ??= items.slice(0, index)
      for (const value of piece) filled.push(value)
      continue
    }
    const inner = fillBelow(item, filling, depth)
    if (inner !== item) filled ??= items.slice(0, index)
    filled?.push(inner)
  }
  return filled ?? items
}

function fillBelow(value: Json, filling: Filling, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) throw new TooDeep()
  if (isList(value)) return fillItems(value, filling, depth + 1)
  // Parsed here and held by nobody else, so that it may be changed; each key is its own, `__proto__` too.
  const object: { [key: string]: Json } = value
  for (const key in object) {
    filling.keys += 1
    const inner = object[key] ?? null
    const piece = pieceAt(inner, filling)
    if (piece === undefined) {
      const below = fillBelow(inner, filling, depth + 1)
      if (below !== inner) object[key] = below
    } else if (piece.length === 1) object[key] = piece[0] ?? null
    // Several values where one stands are none: the text was no JSON.
    else filling.met = Number.NaN
  }
  return object
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function pieceAt(value: Json, filling: Filling): readonly Json[] | undefined {
  if (typeof value !== 'string' || value.charCodeAt(0) !== 1) return undefined
  const piece = filling.shared[Number(value.slice(1))]
  if (piece !== undefined) filling.met += 1
  return piece
}
