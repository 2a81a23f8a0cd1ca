import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables, KeyColumns } from '../../capability.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../../key.ts'
import type { AggregateChange } from '../../ports/target.ts'
import { mentions, sharing } from './capture-triggers.ts'
import { bindable, quoted, type SqliteHandle } from './handle.ts'
import { comparing } from './key-text.ts'
import { readRows } from './rows.ts'
import { readColumns, readUniqueKeys, type SqliteColumn } from './schema.ts'
import { nameOf } from './writer.ts'

/** Takes the unique values off the roots of a group, and its children away: `unparked` tells what to save in their place. */
export function parkGroup(handle: SqliteHandle, tables: AggregateTables, changes: readonly AggregateChange[]): void {
  const parked = uniqueColumns(handle, tables)
  for (const { key, before } of changes) {
    if (before === undefined) continue
    for (const child of Object.values(tables.children)) {
      handle.run(`DELETE FROM ${quoted(child.table)} WHERE ${comparing(child.by, '=')}`, ...keyParts(key))
    }
    for (const column of parked) {
      const sql = `UPDATE ${quoted(tables.root)} SET ${quoted(column.name)} = ? WHERE ${comparing(tables.key, '=')}`
      handle.run(sql, placeholder(column, key), ...keyParts(key))
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
    const held = new Map(before.children[name]?.map((row) => [nameOf(row, child.key), only(row, writable)]))
    children[name] = (next.children[name] ?? []).map((row) => ({ ...held.get(nameOf(row, child.key)), ...row }))
  }
  return { key, next: { root: { ...Object.fromEntries(kept), ...next.root }, children }, before: undefined }
}

/** The roots that hold a unique value which `next` wants, other than its own. */
export function holdersOf(handle: SqliteHandle, tables: AggregateTables, next: AggregateRows): readonly AggregateKey[] {
  const holders = new Map<string, AggregateKey>()
  const own = nameOf(next.root, tables.key)
  for (const key of rootsSharing(handle, { table: tables.root, rootKey: tables.key }, next.root))
    holders.set(keyName(key), key)
  for (const [name, child] of Object.entries(tables.children)) {
    for (const row of next.children[name] ?? []) {
      for (const key of rootsSharing(handle, { table: child.table, rootKey: child.by }, row))
        holders.set(keyName(key), key)
    }
  }
  if (own !== undefined) holders.delete(own)
  return [...holders.values()]
}

function rootsSharing(
  handle: SqliteHandle,
  { table, rootKey }: { readonly table: string; readonly rootKey: KeyColumns },
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
    const found = readRows(handle, table, { rest: `WHERE ${condition}`, parameters: values })
    return found.map((holder) => keyIn(holder, rootKey)).filter((key) => key !== undefined)
  })
}

function uniqueColumns(handle: SqliteHandle, tables: AggregateTables): readonly SqliteColumn[] {
  const keys = readUniqueKeys(handle, tables.root)
  const columns = readColumns(handle, tables.root).filter(
    (column) => !keyColumns(tables.key).includes(column.name) && !column.generated,
  )
  return columns.filter((column) => keys.some((unique) => mentions(unique, column.name)))
}

// A value that nobody has, for as long as the transaction lasts.
function placeholder(column: SqliteColumn, key: AggregateKey): null | bigint | string {
  if (!column.notNull) return null
  if (/INT|REAL|FLOA|DOUB|NUM|DEC/i.test(column.type)) return -BigInt(Math.floor(Math.random() * 2 ** 52)) - 2n ** 60n
  return `banyan-parked:${keyName(key)}`
}

function only(row: Row, columns: readonly SqliteColumn[]): Row {
  return Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]))
}
