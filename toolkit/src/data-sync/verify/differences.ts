import { type AggregateRows, type Row, sameColumn, shown } from '../../anti-corruption/index.ts'
import { reasonOf, translateOne } from '../apply/translate-batch.ts'
import type { AggregateKey, AggregateTables } from '../capability.ts'
import type { Direction } from '../direction.ts'
import { keyIn, keyName } from '../key.ts'
import type { Drifted, FieldFix } from './report.ts'

/** One aggregate on both sides; undefined: that side holds none. */
export interface BothSides {
  /** The root's key in the source. */
  readonly key: AggregateKey
  readonly source: AggregateRows | undefined
  readonly held: AggregateRows | undefined
}

/** How an aggregate of the target differs from what the source's translates to. */
export type Difference = Pick<Drifted, 'kind' | 'path' | 'detail'>

/**
 * The first difference of an aggregate, in the coarser model: what the translator makes of the source, with the target as its memory, must be what
 * the target holds. Undefined: none.
 */
export function differenceOf(direction: Direction, sides: BothSides): Difference | undefined {
  const { source, held } = sides
  if (source === undefined) return held === undefined ? undefined : whole('extra')
  const translation = translateOne(direction, { source, before: held, targetKey: direction.targetKey(sides.key) })
  if (!translation.ok)
    return { kind: 'untranslatable', path: pathOf(translation.problems), detail: reasonOf(translation) }
  if (held === undefined) return whole('missing')
  if (isPlainlySame(translation.value, held)) return undefined
  for (const { path, is, becomes } of fieldFixes(direction.targetTables, translation.value, held)) {
    return { kind: 'different', path, detail: `${is ?? 'nothing'} where ${becomes ?? 'nothing'} is expected` }
  }
  return undefined
}

// Nearly all aggregates are: then no difference need be made out.
function isPlainlySame({ root, children }: AggregateRows, held: AggregateRows): boolean {
  for (const column in root) if (root[column] !== held.root[column]) return false
  for (const _ in children) return false
  return true
}

/** Every field of the target that has to change. At most `atMost`. */
export function fixesOf(direction: Direction, sides: BothSides, atMost: number): readonly FieldFix[] {
  const { source, held } = sides
  if (source === undefined) return [{ path: '', is: textOf(held), becomes: undefined }]
  const translation = translateOne(direction, { source, before: held, targetKey: direction.targetKey(sides.key) })
  if (!translation.ok) return []
  if (held === undefined) return [{ path: '', is: undefined, becomes: textOf(translation.value) }]
  const fixes: FieldFix[] = []
  for (const fix of fieldFixes(direction.targetTables, translation.value, held)) {
    fixes.push(fix)
    if (fixes.length === atMost) break
  }
  return fixes
}

function whole(kind: 'missing' | 'extra'): Difference {
  const [one, other] = kind === 'missing' ? ['source', 'target'] : ['target', 'source']
  return { kind, path: '', detail: `the ${one} holds it, the ${other} does not` }
}

function pathOf(problems: readonly { readonly path: string }[]): string {
  return problems[0]?.path ?? ''
}

function* fieldFixes(tables: AggregateTables, expected: AggregateRows, held: AggregateRows): Generator<FieldFix> {
  yield* rowFixes('', expected.root, held.root)
  for (const [name, { key }] of Object.entries(tables.children)) {
    const rows = expected.children[name] ?? []
    const heldRows = held.children[name] ?? []
    // In key order on both sides nearly always: then no map is needed.
    const byKey =
      rows.length === heldRows.length && rows.every((row, at) => sameKey(row, heldRows[at], key))
        ? undefined
        : mapped(heldRows, key)
    for (const [at, row] of rows.entries()) {
      const id = keyIn(row, key)
      const other = byKey === undefined ? heldRows[at] : byKey.get(id === undefined ? '' : keyName(id))
      const path = `${name}[${id === undefined ? '?' : keyName(id)}]`
      if (other === undefined) yield { path, is: undefined, becomes: rowText(row) }
      else yield* rowFixes(`${path}.`, row, other)
      if (byKey !== undefined && id !== undefined) byKey.delete(keyName(id))
    }
    for (const [id, row] of byKey ?? []) yield { path: `${name}[${id}]`, is: rowText(row), becomes: undefined }
  }
}

function* rowFixes(prefix: string, expected: Row, held: Row): Generator<FieldFix> {
  for (const column in expected) {
    const value = expected[column]
    const present = held[column]
    if (value !== present && !sameColumn(value, present))
      yield { path: `${prefix}${column}`, is: shown(present), becomes: shown(value) }
  }
}

function sameKey(row: Row, other: Row | undefined, key: AggregateTables['key']): boolean {
  if (other === undefined) return false
  if (typeof key === 'string') return row[key] === other[key]
  return key.every((column) => row[column] === other[column])
}

function mapped(rows: readonly Row[], key: AggregateTables['key']): Map<string, Row> {
  return new Map(
    rows.map((row) => {
      const id = keyIn(row, key)
      return [id === undefined ? '' : keyName(id), row] as const
    }),
  )
}

function rowText(row: Row): string {
  return Object.entries(row)
    .map(([column, value]) => `${column} ${shown(value)}`)
    .join(', ')
}

function textOf(rows: AggregateRows | undefined): string | undefined {
  if (rows === undefined) return undefined
  const children = Object.entries(rows.children).map(([name, list]) => `${name}: ${list.length}`)
  return [rowText(rows.root), ...children].join(', ')
}
