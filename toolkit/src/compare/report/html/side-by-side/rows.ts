import { align } from './align.ts'
import { type Entry, type Literal, literalTree } from './literal-tree.ts'

/** One line of two answers side by side. A side that has no such line is undefined. */
export interface Row {
  readonly left: string | undefined
  readonly right: string | undefined
  /** The path of the value on this line, as differences name it; undefined for brackets and for text. */
  readonly path: string | undefined
}

/**
 * Two bodies as rows, aligned: JSON by its keys and items, everything else by its lines. A row whose sides differ holds
 * a difference, or white space of a text.
 */
export function alignBodies(left: string, right: string): readonly Row[] {
  const [a, b] = [literalTree(left), literalTree(right)]
  return a === undefined || b === undefined ? alignText(left, right) : alignValues({ a, b }, { indent: '', path: '$' })
}

function alignText(left: string, right: string): readonly Row[] {
  const [a, b] = [left.split(/\r?\n/), right.split(/\r?\n/)]
  return align(a, b).map(([one, other]) => ({ left: a[one], right: b[other], path: undefined }))
}

interface Values {
  readonly a: Literal | undefined
  readonly b: Literal | undefined
}

/** Where a value stands: its indent, its path, and the key that stands before it. */
interface Place {
  readonly indent: string
  readonly path: string
  readonly key?: string
}

function alignValues({ a, b }: Values, place: Place): readonly Row[] {
  if (a?.kind === 'object' && b?.kind === 'object')
    return bracketed('{}', place, alignEntries(a.entries, b.entries, place))
  if (a?.kind === 'list' && b?.kind === 'list') return bracketed('[]', place, alignItems(a.items, b.items, place))
  const [left, right] = [lines(a, place), lines(b, place)]
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => ({
    left: left[index],
    right: right[index],
    path: index === 0 ? place.path : undefined,
  }))
}

function bracketed(brackets: string, place: Place, inner: readonly Row[]): readonly Row[] {
  const [open = '', close = ''] = brackets
  const line = (text: string): Row => ({ left: text, right: text, path: undefined })
  if (inner.length === 0) return [line(`${start(place)}${open}${close}`)]
  return [line(`${start(place)}${open}`), ...inner, line(`${place.indent}${close}`)]
}

function alignEntries(a: readonly Entry[], b: readonly Entry[], place: Place): readonly Row[] {
  const left = numbered(a)
  const right = numbered(b)
  const keys = [...new Set([...left.keys(), ...right.keys()])]
  return keys.flatMap((id) => {
    const [one, other] = [left.get(id), right.get(id)]
    const key = one?.key ?? other?.key ?? ''
    return alignValues({ a: one?.value, b: other?.value }, inside(place, { key, path: `${place.path}${keyPath(key)}` }))
  })
}

/** By key; of a key that stands there twice, the second is another one. */
function numbered(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const seen = new Map<string, Entry>()
  for (const entry of entries) {
    let id = entry.key
    while (seen.has(id)) id += '+'
    seen.set(id, entry)
  }
  return seen
}

function keyPath(literal: string): string {
  return /^"[A-Za-z_][\w-]*"$/.test(literal) ? `.${literal.slice(1, -1)}` : `[${literal}]`
}

function alignItems(a: readonly Literal[], b: readonly Literal[], place: Place): readonly Row[] {
  return align(a.map(canonical), b.map(canonical)).flatMap(([one, other]) => {
    const path = `${place.path}[${one >= 0 ? one : other}]`
    return alignValues({ a: a[one], b: b[other] }, inside(place, { path }))
  })
}

function inside(place: Place, inner: { readonly path: string; readonly key?: string }): Place {
  return { ...inner, indent: `${place.indent}  ` }
}

function start({ indent, key }: Place): string {
  return key === undefined ? indent : `${indent}${key}: `
}

/** A value that stands alone on its side, in as many lines as it needs. */
function lines(value: Literal | undefined, place: Place): readonly string[] {
  if (value === undefined) return []
  return alignedWithItself(value, place).map(({ left }) => left ?? '')
}

function alignedWithItself(value: Literal, place: Place): readonly Row[] {
  if (value.kind !== 'leaf') return alignValues({ a: value, b: value }, place)
  const text = `${start(place)}${value.text}`
  return [{ left: text, right: text, path: place.path }]
}

/** Equal for values that are equal, whatever the order of keys. */
function canonical(value: Literal): string {
  if (value.kind === 'leaf') return value.text
  if (value.kind === 'list') return `[${value.items.map(canonical).join()}]`
  return `{${value.entries
    .map(({ key, value: inner }) => `${key}:${canonical(inner)}`)
    .sort()
    .join()}}`
}
