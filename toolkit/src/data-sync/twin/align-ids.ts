import type { AggregateRows, ColumnValue, Row } from '../../anti-corruption/index.ts'
import { translateOne } from '../apply/translate-batch.ts'
import type { AggregateKey, ChildTable, KeyColumns } from '../capability.ts'
import type { Direction } from '../direction.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../key.ts'

/** Both arms' rows of one aggregate, by legacy's key. */
export interface BothRows {
  readonly key: AggregateKey
  readonly source: AggregateRows
  readonly held: AggregateRows
}

/**
 * What the service holds, under the ids that legacy gave: an arm that creates something gives it a number of its own, and that is no difference. The root takes the key that
 * legacy's translates to; children whose keys only one side has are taken for each other in the order of their keys, which is the order in which they were made.
 */
export function alignIds(direction: Direction, { key, source, held }: BothRows): AggregateRows {
  const { targetTables } = direction
  const targetKey = direction.targetKey(key)
  const renamed = ofRoot(held, targetTables, targetKey)
  const translation = translateOne(direction, { source, before: renamed, targetKey })
  if (!translation.ok) return renamed
  const children = Object.entries(renamed.children).map(([name, rows]) => {
    const child = targetTables.children[name]
    const expected = translation.value.children[name] ?? []
    return [name, child === undefined ? rows : alignChildren(child, expected, rows)] as const
  })
  return { root: renamed.root, children: Object.fromEntries(children) }
}

function ofRoot(held: AggregateRows, tables: Direction['targetTables'], targetKey: AggregateKey): AggregateRows {
  const present = keyIn(held.root, tables.key)
  if (present !== undefined && keyName(present) === keyName(targetKey)) return held
  const children = Object.entries(held.children).map(([name, rows]) => {
    const by = tables.children[name]?.by
    return [name, by === undefined ? rows : rows.map((row) => withKey(row, by, targetKey))] as const
  })
  return { root: withKey(held.root, tables.key, targetKey), children: Object.fromEntries(children) }
}

function alignChildren({ key }: ChildTable, expected: readonly Row[], rows: readonly Row[]): readonly Row[] {
  const namesOf = (list: readonly Row[]) => new Set(list.map((row) => nameOf(row, key)))
  const [wanted, present] = [namesOf(expected), namesOf(rows)]
  if (rows.every((row) => wanted.has(nameOf(row, key)))) return rows
  // As many on both sides: then a number that both have need not mean the same thing.
  const inOrder = rows.length === expected.length
  const free = expected.filter((row) => inOrder || !present.has(nameOf(row, key)))
  return rows.map((row) => {
    if (!inOrder && wanted.has(nameOf(row, key))) return row
    const like = free.shift()
    const given = like && keyIn(like, key)
    return given === undefined ? row : withKey(row, key, given)
  })
}

function nameOf(row: Row, key: KeyColumns): string {
  const id = keyIn(row, key)
  return id === undefined ? '' : keyName(id)
}

function withKey(row: Row, columns: KeyColumns, key: AggregateKey): Row {
  const parts = keyParts(key)
  const given = keyColumns(columns).map((column, at): [string, ColumnValue] => [column, parts[at] ?? null])
  return { ...row, ...Object.fromEntries(given) }
}
