import type { Difference } from '../difference.ts'

/** A kind of difference at a path of a route. */
export interface FieldName {
  readonly route: string
  readonly kind: Difference['kind']
  /** With `[*]` for every array index. */
  readonly path: string
}

/** Where two answers of legacy differ, and in how many exchanges. */
export interface NoisyPaths {
  add(field: FieldName, exchanges: number): void
  /** Whether legacy is noisy there, or in a list above, whose items then stand elsewhere. */
  covers(field: FieldName): boolean
  ofRoute(
    route: string,
  ): readonly { readonly path: string; readonly kind: Difference['kind']; readonly exchanges: number }[]
}

/** Starts with none. */
export function buildNoisyPaths(): NoisyPaths {
  const fields = new Map<string, FieldName & { readonly exchanges: number }>()
  const lists = new Set<string>()
  return {
    add(field, exchanges) {
      const key = fieldKey(field)
      fields.set(key, { ...field, exchanges: (fields.get(key)?.exchanges ?? 0) + exchanges })
      if (movesItems(field.kind)) lists.add(`${field.route}\n${listOf(field)}`)
    },
    covers(field) {
      return fields.has(fieldKey(field)) || listsAbove(field.path).some((path) => lists.has(`${field.route}\n${path}`))
    },
    ofRoute: (route) =>
      [...fields.values()]
        .filter((field) => field.route === route)
        .map(({ path, kind, exchanges }) => ({ path, kind, exchanges }))
        .sort((a, b) => b.exchanges - a.exchanges),
  }
}

/** What tells fields apart. */
export function fieldKey({ route, kind, path }: FieldName): string {
  return `${route}\n${kind} ${path}`
}

/**
 * Whether such a difference of a list moves its items. Another order does not: what legacy shuffles is compared as a set, in
 * which no order hides an item that is wrong or that is not there.
 */
export function movesItems(kind: Difference['kind']): boolean {
  return kind === 'length' || kind === 'missing' || kind === 'extra'
}

/** The list that is meant: an item that comes and goes moves the items of its list. */
export function listOf({ path, kind }: Pick<FieldName, 'path' | 'kind'>): string {
  return (kind === 'missing' || kind === 'extra') && path.endsWith('[*]') ? path.slice(0, -3) : path
}

/** `$.orders` and `$.orders[*].items` for `$.orders[*].items[*].sku`. */
export function listsAbove(path: string): readonly string[] {
  return [...path.matchAll(/\[\*\]/g)].map(({ index }) => path.slice(0, index))
}
