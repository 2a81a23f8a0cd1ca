import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables } from '../../capability.ts'
import type { AggregateChange } from '../../ports/target.ts'
import { bindable, quoted, type SqliteHandle } from './handle.ts'
import { readColumns, readUniqueKeys, type SqliteColumn } from './schema.ts'
import { mentions, sharing } from './triggers.ts'

/** Takes the unique values off the roots of a group, and its children away: `unparked` tells what to save in their place. */
export function parkGroup(handle: SqliteHandle, tables: AggregateTables, changes: readonly AggregateChange[]): void {
  const parked = uniqueColumns(handle, tables)
  for (const { key, before } of changes) {
    if (before === undefined) continue
    for (const child of Object.values(tables.children)) {
      handle.run(`DELETE FROM ${quoted(child.table)} WHERE ${quoted(child.by)} = ?`, key)
    }
    for (const column of parked) {
      const sql = `UPDATE ${quoted(tables.root)} SET ${quoted(column.name)} = ? WHERE ${quoted(tables.key)} = ?`
      handle.run(sql, placeholder(column, key), key)
    }
  }
}

/** A change as it must be saved after parking: every column of its rows, also those that the translator does not cover. */
export function unparked(handle: SqliteHandle, tables: AggregateTables, change: AggregateChange): AggregateChange {
  const { key, next, before } = change
  if (next === undefined || before === undefined) return change
  const kept = uniqueColumns(handle, tables).map(({ name }) => [name, before.root[name] ?? null] as const)
  const children: Record<string, readonly Row[]> = {}
  for (const [name, child] of Object.entries(tables.children)) {
    const writable = readColumns(handle, child.table).filter((column) => !column.generated)
    const held = new Map(before.children[name]?.map((row) => [String(row[child.key]), only(row, writable)]))
    children[name] = (next.children[name] ?? []).map((row) => ({ ...held.get(String(row[child.key])), ...row }))
  }
  return { key, next: { root: { ...Object.fromEntries(kept), ...next.root }, children }, before: undefined }
}

/** The roots that hold a unique value which `next` wants, other than its own. */
export function holdersOf(handle: SqliteHandle, tables: AggregateTables, next: AggregateRows): readonly AggregateKey[] {
  const holders = new Map<string, AggregateKey>()
  const own = String(next.root[tables.key])
  for (const key of rootsSharing(handle, { table: tables.root, rootKey: tables.key }, next.root))
    holders.set(String(key), key)
  for (const [name, child] of Object.entries(tables.children)) {
    for (const row of next.children[name] ?? []) {
      for (const key of rootsSharing(handle, { table: child.table, rootKey: child.by }, row))
        holders.set(String(key), key)
    }
  }
  holders.delete(own)
  return [...holders.values()]
}

function rootsSharing(
  handle: SqliteHandle,
  { table, rootKey }: { readonly table: string; readonly rootKey: string },
  row: Row,
): readonly AggregateKey[] {
  const columns = readColumns(handle, table).map((column) => column.name)
  return readUniqueKeys(handle, table).flatMap((unique) => {
    const needed = columns.filter((column) => mentions(unique, column))
    if (needed.some((column) => row[column] === undefined)) return []
    const values: unknown[] = []
    const condition = sharing(unique, columns, (column) => {
      values.push(bindable(row[column] ?? null))
      return '?'
    })
    const found = handle.rows(`SELECT ${quoted(rootKey)} FROM ${quoted(table)} WHERE ${condition}`, ...values)
    return found.map(([key]) => key as AggregateKey)
  })
}

function uniqueColumns(handle: SqliteHandle, tables: AggregateTables): readonly SqliteColumn[] {
  const keys = readUniqueKeys(handle, tables.root)
  const columns = readColumns(handle, tables.root).filter((column) => column.name !== tables.key && !column.generated)
  return columns.filter((column) => keys.some((unique) => mentions(unique, column.name)))
}

// A value that nobody has, for as long as the transaction lasts.
function placeholder(column: SqliteColumn, key: AggregateKey): null | bigint | string {
  if (!column.notNull) return null
  if (/INT|REAL|FLOA|DOUB|NUM|DEC/i.test(column.type)) return -BigInt(Math.floor(Math.random() * 2 ** 52)) - 2n ** 60n
  return `banyan-parked:${key}`
}

function only(row: Row, columns: readonly SqliteColumn[]): Row {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]))
}
