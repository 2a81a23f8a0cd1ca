import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables, ChildTable } from '../../capability.ts'
import type { AggregateReader, LoadedAggregate, LoadedAggregates } from '../../ports/reader.ts'
import type { SqliteConnection } from './connection.ts'
import { quoted, type RawRow, type SqliteHandle } from './handle.ts'
import { readColumns } from './schema.ts'

/** Reads aggregates of an SQLite database, each call in one read transaction. */
export function buildSqliteReader(connection: SqliteConnection, tables: AggregateTables): AggregateReader {
  const key = quoted(tables.key)
  const root = quoted(tables.root)
  return {
    count: () => connection.read((handle) => Number(handle.row(`SELECT count(*) FROM ${root}`)?.[0])),
    page: (after, limit) => connection.read((handle) => loadPage(handle, tables, { after, limit })),
    keysAfter: (after, limit) =>
      connection.read((handle) => {
        const found =
          after === undefined
            ? handle.rows(`SELECT ${key} FROM ${root} ORDER BY ${key} LIMIT ?`, limit)
            : handle.rows(`SELECT ${key} FROM ${root} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`, after, limit)
        return found.map(([value]) => value as AggregateKey)
      }),
    load: (keys) => connection.read((handle) => loadAggregates(handle, tables, keys)),
  }
}

/** The aggregates of these keys, within the transaction that is open. */
export function loadAggregates(
  handle: SqliteHandle,
  tables: AggregateTables,
  keys: readonly AggregateKey[],
): LoadedAggregates {
  if (keys.length === 0) return new Map()
  const where = `WHERE ${quoted(tables.key)} IN (SELECT value FROM json_each(?)) ORDER BY ${quoted(tables.key)}`
  return assemble(handle, tables, readRows(handle, tables.root, { rest: where, parameters: [JSON.stringify(keys)] }))
}

function loadPage(
  handle: SqliteHandle,
  tables: AggregateTables,
  page: { readonly after: AggregateKey | undefined; readonly limit: number },
): LoadedAggregates {
  const key = quoted(tables.key)
  const behind = page.after === undefined ? '' : `WHERE ${key} > ?`
  const parameters = page.after === undefined ? [page.limit] : [page.after, page.limit]
  return assemble(
    handle,
    tables,
    readRows(handle, tables.root, { rest: `${behind} ORDER BY ${key} LIMIT ?`, parameters }),
  )
}

function assemble(handle: SqliteHandle, tables: AggregateTables, roots: readonly Row[]): LoadedAggregates {
  const loaded = new Map<string, LoadedAggregate & { readonly rows: AggregateRows }>()
  const collections = Object.entries(tables.children)
  for (const row of roots) {
    const children: Record<string, Row[]> = {}
    for (const [name] of collections) children[name] = []
    const key = row[tables.key] as AggregateKey
    loaded.set(String(key), { key, rows: { root: row, children } })
  }
  const keys = JSON.stringify([...loaded.values()].map(({ key }) => key))
  for (const [name, child] of collections) {
    for (const row of readChildren(handle, child, keys)) {
      const siblings = loaded.get(String(row[child.by]))?.rows.children[name] as Row[] | undefined
      siblings?.push(row)
    }
  }
  return loaded
}

function readChildren(handle: SqliteHandle, child: ChildTable, keys: string): readonly Row[] {
  const by = quoted(child.by)
  const rest = `WHERE ${by} IN (SELECT value FROM json_each(?)) ORDER BY ${by}, ${quoted(child.key)}`
  return readRows(handle, child.table, { rest, parameters: [keys] })
}

function readRows(
  handle: SqliteHandle,
  table: string,
  query: { readonly rest: string; readonly parameters: readonly unknown[] },
): readonly Row[] {
  const columns = columnNames(handle, table)
  const sql = `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(table)} ${query.rest}`
  const rows = handle.rows(sql, ...query.parameters)
  if (!rows.some(hasInexactNumber)) return rows.map((values) => toRow(columns, values))
  return handle.exactRows(sql, ...query.parameters).map((values) => toRow(columns, values.map(plain)))
}

const known = new WeakMap<SqliteHandle, Map<string, readonly string[]>>()

function columnNames(handle: SqliteHandle, table: string): readonly string[] {
  const ofHandle = known.get(handle) ?? new Map<string, readonly string[]>()
  known.set(handle, ofHandle)
  const names = ofHandle.get(table) ?? readColumns(handle, table).map((column) => column.name)
  ofHandle.set(table, names)
  return names
}

function toRow(columns: readonly string[], values: RawRow): Row {
  const row: Record<string, RawRow[number]> = {}
  for (let place = 0; place < columns.length; place++) row[columns[place] ?? ''] = values[place] ?? null
  return row
}

// A JavaScript number cannot hold every integer of SQLite; where one may have been rounded, the rows are read again as bigints.
function hasInexactNumber(values: RawRow): boolean {
  return values.some((value) => typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
}

function plain(value: RawRow[number]): RawRow[number] {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}
