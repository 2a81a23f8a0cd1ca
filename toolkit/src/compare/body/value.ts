import type { Json } from '../../base/index.ts'

/** A JSON value in which what a double or a walk cannot hold stands as `Exact`. Every JSON value is one. */
export type Value = null | boolean | number | string | Exact | readonly Value[] | ValueObject

/** An object of values. Read only own keys: a body may hold `__proto__`. */
export interface ValueObject {
  readonly [key: string]: Value
}

/** What is compared by its text: a number that a double cannot hold, or a value nested too deep to be walked. */
export class Exact {
  readonly type: 'number' | 'array' | 'object'
  /** The canonical decimal (`125e-1`), or a digest of all that the value holds. */
  readonly text: string

  constructor(type: Exact['type'], text: string) {
    this.type = type
    this.text = text
  }
}

/** Values nested deeper than this are not walked: the walk recurses, and a body may be made to exhaust the stack. */
export const maxDepth = 400

/** Thrown where a value nests deeper than `maxDepth`: then the exact tokenizer reads it, which folds what is too deep. */
export class TooDeep extends Error {}

/** Whether a value is an array. */
export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

/** Whether a value is an object with keys. */
export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exact)
}

/** Whether two values without parts are equal. */
export function sameLeaf(a: Value, b: Value): boolean {
  if (a === b) return true
  return a instanceof Exact && b instanceof Exact && a.type === b.type && a.text === b.text
}

/** What JSON calls the type of a value: `null`, `boolean`, `number`, `string`, `array` or `object`. */
export function typeName(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof Exact) return value.type
  return Array.isArray(value) ? 'array' : typeof value
}

/** The value as JSON; what is exact stands as its text. */
export function toJson(value: Value): Json {
  if (value instanceof Exact) return value.text
  if (isArray(value)) return value.map(toJson)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
}

/** How many keys all objects within a value have. Throws `TooDeep`. */
export function countKeys(value: Value | undefined, depth = 0): number {
  if (typeof value !== 'object' || value === null || value instanceof Exact) return 0
  if (depth > maxDepth) throw new TooDeep()
  let count = 0
  if (isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countKeys(item, depth + 1)
    return count
  }
  for (const key in value) {
    count += 1
    const inner = value[key]
    if (typeof inner === 'object') count += countKeys(inner, depth + 1)
  }
  return count
}
