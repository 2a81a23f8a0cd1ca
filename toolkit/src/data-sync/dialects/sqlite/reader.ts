import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables, ChildTable } from '../../capability.ts'
import { keyColumns, keyIn, keyName, keyParts } from '../../key.ts'
import type { AggregateReader, LoadedAggregate, LoadedAggregates } from '../../ports/reader.ts'
import type { SqliteConnection } from './connection.ts'
import { quoted, type RawRow, type SqliteHandle } from './handle.ts'
import { comparing, keyPresent, keysIn, keysJson, listed } from './key-text.ts'
import { readRows } from './rows.ts'

/** Reads aggregates of an SQLite database, each call in one read transaction. */
export function buildSqliteReader(connection: SqliteConnection, tables: AggregateTables): AggregateReader {
  return {
    overlaps: false,
    count: () => connection.read((handle) => Number(handle.row(`SELECT count(*) FROM ${quoted(tables.root)}`)?.[0])),
    page: (after, limit) => connection.read((handle) => loadPage(handle, tables, { after, limit })),
    keysAfter: (after, limit) => connection.read((handle) => readKeys(handle, tables, { after, limit })),
    present: (keys) => connection.read((handle) => readPresent(handle, tables, keys)),
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
  const rest = `WHERE ${keysIn(tables.key)} ORDER BY ${listed(tables.key)}`
  return assemble(handle, tables, readRows(handle, tables.root, { rest, parameters: [keysJson(keys)] }))
}

interface Page {
  readonly after: AggregateKey | undefined
  readonly limit: number
}

function loadPage(handle: SqliteHandle, tables: AggregateTables, page: Page): LoadedAggregates {
  return assemble(handle, tables, readRows(handle, tables.root, pageQuery(tables, page)))
}

function readKeys(handle: SqliteHandle, tables: AggregateTables, page: Page): readonly AggregateKey[] {
  const { rest, parameters } = pageQuery(tables, page)
  return keysOf(tables, handle.rows(`SELECT ${listed(tables.key)} FROM ${quoted(tables.root)} ${rest}`, ...parameters))
}

function readPresent(
  handle: SqliteHandle,
  tables: AggregateTables,
  keys: readonly AggregateKey[],
): readonly AggregateKey[] {
  const sql = `SELECT ${listed(tables.key)} FROM ${quoted(tables.root)} WHERE ${keysIn(tables.key)}`
  return keysOf(tables, handle.rows(sql, keysJson(keys)))
}

function keysOf({ key }: AggregateTables, rows: readonly RawRow[]): readonly AggregateKey[] {
  return rows.map((values) => (typeof key === 'string' ? values[0] : values) as AggregateKey)
}

function pageQuery({ key }: AggregateTables, { after, limit }: Page) {
  const behind = after === undefined ? keyPresent(key) : comparing(key, '>')
  const parameters = [...(after === undefined ? [] : keyParts(after)), limit]
  return { rest: `WHERE ${behind} ORDER BY ${listed(key)} LIMIT ?`, parameters }
}

function assemble(handle: SqliteHandle, tables: AggregateTables, roots: readonly Row[]): LoadedAggregates {
  const loaded = new Map<string, LoadedAggregate & { readonly rows: AggregateRows }>()
  const collections = Object.entries(tables.children)
  for (const row of roots) {
    const key = keyIn(row, tables.key)
    if (key === undefined) continue
    const children: Record<string, Row[]> = {}
    for (const [name] of collections) children[name] = []
    loaded.set(keyName(key), { key, rows: { root: row, children } })
  }
  if (collections.length === 0 || loaded.size === 0) return loaded
  const keys = keysJson([...loaded.values()].map(({ key }) => key))
  for (const [name, child] of collections) {
    for (const row of readChildren(handle, child, keys)) {
      const by = keyIn(row, child.by)
      const siblings = by === undefined ? undefined : loaded.get(keyName(by))?.rows.children[name]
      ;(siblings as Row[] | undefined)?.push(row)
    }
  }
  return loaded
}

function readChildren(handle: SqliteHandle, child: ChildTable, keys: string): readonly Row[] {
  const order = [...new Set([...keyColumns(child.by), ...keyColumns(child.key)])]
  const rest = `WHERE ${keysIn(child.by)} ORDER BY ${listed(order)}`
  return readRows(handle, child.table, { rest, parameters: [keys] })
}
