import type { Row } from '../../../anti-corruption/index.ts'
import { sameColumn } from '../../../anti-corruption/index.ts'
import type { AggregateTables, ChildTable, KeyColumns } from '../../capability.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../../key.ts'
import type { AggregateChange } from '../../ports/target.ts'
import { bindable, quoted, type SqliteHandle } from './handle.ts'
import { comparing, listed } from './key-text.ts'

/** The keys of children that a batch brings, per child name: such a child moves and is not deleted at its old root. */
export type Arriving = Readonly<Record<string, ReadonlySet<string | undefined>>>

/** Writes one aggregate of the target; throws what the constraints say. */
export function saveAggregate(
  handle: SqliteHandle,
  tables: AggregateTables,
  change: AggregateChange,
  arriving: Arriving,
): void {
  const { next, before } = change
  if (next === undefined) {
    removeAggregate(handle, tables, change)
    return
  }
  deleteStaleChildren(handle, tables, change, arriving)
  upsertChanged(handle, { table: tables.root, key: tables.key }, next.root, before?.root)
  for (const [name, child] of Object.entries(tables.children)) {
    const held = new Map(before?.children[name]?.map((row) => [nameOf(row, child.key), row]))
    for (const row of next.children[name] ?? []) {
      upsertChanged(handle, child, row, held.get(nameOf(row, child.key)))
    }
  }
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

/** Inserts a row or updates the columns that it names; does nothing when `before` holds the same already. */
function upsertChanged(
  handle: SqliteHandle,
  target: { readonly table: string; readonly key: KeyColumns },
  row: Row,
  before: Row | undefined,
): void {
  const columns = Object.keys(row)
  if (before !== undefined && columns.every((column) => sameColumn(row[column], before[column]))) return
  const values = columns.map((column) => bindable(row[column] ?? null))
  upsertStatement(handle, target, columns).run(values)
}

interface Upsert {
  readonly columns: readonly string[]
  readonly statement: ReturnType<SqliteHandle['prepare']>
}

const lastUsed = new WeakMap<SqliteHandle, Map<string, Upsert>>()

// Rows of one database table nearly always name the same columns: then the statement's text need not even be made.
function upsertStatement(
  handle: SqliteHandle,
  target: { readonly table: string; readonly key: KeyColumns },
  columns: readonly string[],
): Upsert['statement'] {
  const upserts = lastUsed.get(handle) ?? new Map<string, Upsert>()
  lastUsed.set(handle, upserts)
  const last = upserts.get(target.table)
  if (last?.columns.length === columns.length && last.columns.every((column, place) => column === columns[place])) {
    return last.statement
  }
  const statement = handle.prepare(upsertSql(target, columns))
  upserts.set(target.table, { columns, statement })
  return statement
}

function upsertSql(target: { readonly table: string; readonly key: KeyColumns }, columns: readonly string[]): string {
  const list = columns.map(quoted)
  const others = columns.filter((column) => !keyColumns(target.key).includes(column)).map(quoted)
  const action =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
  return `INSERT INTO ${quoted(target.table)} (${list.join(', ')}) VALUES (${list.map(() => '?').join(', ')})
    ON CONFLICT (${listed(target.key)}) DO ${action}`
}
