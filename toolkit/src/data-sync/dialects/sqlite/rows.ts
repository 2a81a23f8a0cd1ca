import type { Row } from '../../../anti-corruption/index.ts'
import { quoted, type RawRow, type SqliteHandle } from './handle.ts'
import { readColumns } from './schema.ts'

/** Rows of a database table with all of its columns; `rest` is what follows its name in the SELECT. */
export function readRows(
  handle: SqliteHandle,
  table: string,
  query: { readonly rest: string; readonly parameters: readonly unknown[] },
): readonly Row[] {
  const columns = columnNames(handle, table)
  // An absent table has no columns; the database says best that it is absent.
  const sql = `SELECT ${columns.map(quoted).join(', ') || '1'} FROM ${quoted(table)} ${query.rest}`
  return handle.rows(sql, ...query.parameters).map((values) => toRow(columns, values))
}

const known = new WeakMap<SqliteHandle, Map<string, readonly string[]>>()

function columnNames(handle: SqliteHandle, table: string): readonly string[] {
  const ofHandle = known.get(handle) ?? new Map<string, readonly string[]>()
  known.set(handle, ofHandle)
  const names = ofHandle.get(table) ?? readColumns(handle, table).map((column) => column.name)
  if (names.length > 0) ofHandle.set(table, names)
  return names
}

function toRow(columns: readonly string[], values: RawRow): Row {
  const row: Record<string, RawRow[number]> = {}
  for (let place = 0; place < columns.length; place++) row[columns[place] ?? ''] = values[place] ?? null
  return row
}
