import type { Row } from '../../../anti-corruption/index.ts'
import type { AggregateTables, ChildTable, KeyColumns } from '../../capability.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../../key.ts'
import type { AggregateChange } from '../../ports/target.ts'
import { quoted, type SqliteHandle } from './handle.ts'
import { comparing } from './key-text.ts'
import { isChanged, upsertRows } from './upsert.ts'

/** The keys of children that a batch brings, per child name: such a child moves and is not deleted at its old root. */
type Arriving = Readonly<Record<string, ReadonlySet<string | undefined>>>

/** Writes aggregates of the target: what goes first, then roots, then children; throws what the constraints say. `arriving` is of the whole batch. */
export function writeAggregates(
  handle: SqliteHandle,
  tables: AggregateTables,
  { changes, arriving }: { readonly changes: readonly AggregateChange[]; readonly arriving: Arriving },
): void {
  const roots: Row[] = []
  for (const change of changes) {
    if (change.next === undefined) removeAggregate(handle, tables, change)
    else {
      deleteStaleChildren(handle, tables, change, arriving)
      if (isChanged(change.next.root, change.before?.root)) roots.push(change.next.root)
    }
  }
  upsertRows(handle, { table: tables.root, key: tables.key }, roots)
  for (const [name, child] of Object.entries(tables.children)) {
    upsertRows(
      handle,
      child,
      changes.flatMap((change) => changedChildren(change, name, child)),
    )
  }
}

function changedChildren({ next, before }: AggregateChange, name: string, child: ChildTable): readonly Row[] {
  const rows = next?.children[name] ?? []
  const held = before?.children[name] ?? []
  if (held.length === 0) return rows
  const byName = new Map(held.map((row) => [nameOf(row, child.key), row]))
  return rows.filter((row) => isChanged(row, byName.get(nameOf(row, child.key))))
}

function removeAggregate(handle: SqliteHandle, tables: AggregateTables, change: AggregateChange): void {
  for (const child of Object.values(tables.children)) {
    handle.run(`DELETE FROM ${quoted(child.table)} WHERE ${comparing(child.by, '=')}`, ...keyParts(change.key))
  }
  handle.run(`DELETE FROM ${quoted(tables.root)} WHERE ${comparing(tables.key, '=')}`, ...keyParts(change.key))
}

function deleteStaleChildren(
  handle: SqliteHandle,
  tables: AggregateTables,
  change: AggregateChange,
  arriving: Arriving,
): void {
  for (const [name, child] of Object.entries(tables.children)) {
    for (const row of change.before?.children[name] ?? []) {
      if (arriving[name]?.has(nameOf(row, child.key)) === true) continue
      deleteChild(handle, child, row)
    }
  }
}

function deleteChild(handle: SqliteHandle, child: ChildTable, row: Row): void {
  const columns = [...keyColumns(child.key), ...keyColumns(child.by)]
  const sql = `DELETE FROM ${quoted(child.table)} WHERE ${columns.map((column) => `${quoted(column)} = ?`).join(' AND ')}`
  handle.run(sql, ...columns.map((column) => row[column]))
}

/** The key of a child as text; that of a row whose key the database will give is like no other's. */
export function nameOf(row: Row, key: KeyColumns): string | undefined {
  const found = keyIn(row, key)
  return found === undefined ? undefined : keyName(found)
}

/** Which children a batch brings. */
export function arrivingChildren(tables: AggregateTables, changes: readonly AggregateChange[]): Arriving {
  const arriving: Record<string, Set<string | undefined>> = {}
  for (const [name, child] of Object.entries(tables.children)) {
    const keys = new Set<string | undefined>()
    for (const { next } of changes) for (const row of next?.children[name] ?? []) keys.add(nameOf(row, child.key))
    arriving[name] = keys
  }
  return arriving
}
