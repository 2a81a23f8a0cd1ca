const largestKey = 2_147_483_647

/** The key that a path or a body names: digits without a leading zero, or a number; undefined when it is none. */
export function keyFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0 && value <= largestKey ? value : undefined
  if (typeof value !== 'string' || !/^[1-9]\d{0,9}$/.test(value)) return undefined
  return keyFrom(Number(value))
}

/** Which part of a list is asked for: what follows a key, and how many at most. */
export interface ListWindow {
  readonly after: number
  readonly limit: number
}

const defaultLimit = 25
const maxLimit = 100

/** Reads `after` and `limit` of a query; says which one is bad. `limit` is 25 when not given, and at most 100. */
export function windowFrom(query: {
  readonly after?: unknown
  readonly limit?: unknown
}):
  | { readonly ok: true; readonly window: ListWindow }
  | { readonly ok: false; readonly error: 'bad after' | 'bad limit' } {
  const after = query.after === undefined || query.after === '0' ? 0 : keyFrom(query.after)
  if (after === undefined) return { ok: false, error: 'bad after' }
  const limit = query.limit === undefined ? defaultLimit : keyFrom(query.limit)
  if (limit === undefined || limit > maxLimit) return { ok: false, error: 'bad limit' }
  return { ok: true, window: { after, limit } }
}

/** A list cut to its window, and the key to ask for what follows it: rows must hold one more than the limit, if there is. */
export function cutToWindow<Item>(
  items: readonly Item[],
  limit: number,
  keyOf: (item: Item) => number,
): { readonly items: readonly Item[]; readonly next: string | null } {
  const some = items.slice(0, limit)
  const last = some.at(-1)
  return { items: some, next: items.length > limit && last !== undefined ? String(keyOf(last)) : null }
}
