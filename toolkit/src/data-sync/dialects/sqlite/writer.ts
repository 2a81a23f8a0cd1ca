import type { Row } from '../../../anti-corruption/index.ts'
import { sameColumn } from '../../../anti-corruption/index.ts'
import type { AggregateTables, ChildTable } from '../../capability.ts'
import type { AggregateChange } from '../../ports/target.ts'
import { bindable, quoted, type SqliteHandle } from './handle.ts'

/** The keys of children that a batch brings, per child name: such a child moves and is not deleted at its old root. */
export type Arriving = Readonly<Record<string, ReadonlySet<string>>>

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
    const held = new Map(before?.children[name]?.map((row) => [String(row[child.key]), row]))
    for (const row of next.children[name] ?? []) {
      upsertChanged(handle, child, row, held.get(String(row[child.key])))
    }
  }
}

function removeAggregate(handle: SqliteHandle, tables: AggregateTables, change: AggregateChange): void {
  for (const child of Object.values(tables.children)) {
    handle.run(`DELETE FROM ${quoted(child.table)} WHERE ${quoted(child.by)} = ?`, change.key)
  }
  handle.run(`DELETE FROM ${quoted(tables.root)} WHERE ${quoted(tables.key)} = ?`, change.key)
}

function deleteStaleChildren(
  handle: SqliteHandle,
  tables: AggregateTables,
  change: AggregateChange,
  arriving: Arriving,
): void {
  for (const [name, child] of Object.entries(tables.children)) {
    for (const row of change.before?.children[name] ?? []) {
      if (arriving[name]?.has(String(row[child.key])) === true) continue
      deleteChild(handle, child, row)
    }
  }
}

function deleteChild(handle: SqliteHandle, child: ChildTable, row: Row): void {
  const sql = `DELETE FROM ${quoted(child.table)} WHERE ${quoted(child.key)} = ? AND ${quoted(child.by)} = ?`
  handle.run(sql, row[child.key], row[child.by])
}

/** Which children a batch brings. */
export function arrivingChildren(tables: AggregateTables, changes: readonly AggregateChange[]): Arriving {
  const arriving: Record<string, Set<string>> = {}
  for (const [name, child] of Object.entries(tables.children)) {
    const keys = new Set<string>()
    for (const { next } of changes) for (const row of next?.children[name] ?? []) keys.add(String(row[child.key]))
    arriving[name] = keys
  }
  return arriving
}

/** Inserts a row or updates the columns that it names; does nothing when `before` holds the same already. */
function upsertChanged(
  handle: SqliteHandle,
  target: { readonly table: string; readonly key: string },
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
  target: { readonly table: string; readonly key: string },
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

function upsertSql(target: { readonly table: string; readonly key: string }, columns: readonly string[]): string {
  const list = columns.map(quoted)
  const others = columns.filter((column) => column !== target.key).map(quoted)
  const action =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
  return `INSERT INTO ${quoted(target.table)} (${list.join(', ')}) VALUES (${list.map(() => '?').join(', ')})
    ON CONFLICT (${quoted(target.key)}) DO ${action}`
}
