import type { AggregateTables } from '../../capability.ts'
import type { IdRange, IdStore } from '../../ports/ids.ts'
import type { SqliteConnection } from './connection.ts'
import { literal, quoted, type SqliteHandle } from './handle.ts'
import { hasTable, rowidColumn } from './schema.ts'

const largestRowid = 2n ** 63n - 1n

/**
 * The rowids that SQLite hands out. Without AUTOINCREMENT the next one is the highest in use plus one (https://sqlite.org/autoinc.html):
 * it follows from the rows, so there is nothing to raise.
 */
export function buildSqliteIds(connection: SqliteConnection, tables: AggregateTables): IdStore {
  const byName = {
    root: tables.root,
    ...Object.fromEntries(Object.entries(tables.children).map(([n, c]) => [n, c.table])),
  }
  return {
    read: () =>
      connection.read((handle) => {
        const ranges = Object.entries(byName).map(([name, table]) => [name, readRange(handle, table)] as const)
        return Object.fromEntries(ranges.filter((entry): entry is [string, IdRange] => entry[1] !== undefined))
      }),
    raiseAbove: (values) =>
      connection.write((handle) => {
        for (const [name, table] of Object.entries(byName)) raise(handle, table, values[name])
      }),
  }
}

function readRange(handle: SqliteHandle, table: string): IdRange | undefined {
  const column = rowidColumn(handle, table)
  if (column === undefined) return undefined
  const highest = idOf(handle.row(`SELECT coalesce(max(${quoted(column)}), 0) FROM ${quoted(table)}`)?.[0])
  const next = isAutoincrement(handle, table) ? plusOne(maxOf(readSequence(handle, table) ?? 0, highest)) : undefined
  return { column: `${table}.${column}`, highest, next, limit: largestRowid }
}

function raise(handle: SqliteHandle, table: string, above: number | bigint | undefined): void {
  if (above === undefined || rowidColumn(handle, table) === undefined || !isAutoincrement(handle, table)) return
  const last = readSequence(handle, table)
  if (last === undefined) handle.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', table, BigInt(above))
  else if (BigInt(last) < BigInt(above))
    handle.run('UPDATE sqlite_sequence SET seq = ? WHERE name = ?', BigInt(above), table)
}

function readSequence(handle: SqliteHandle, table: string): number | bigint | undefined {
  const row = handle.row('SELECT seq FROM sqlite_sequence WHERE name = ?', table)
  return row === undefined ? undefined : idOf(row[0])
}

function isAutoincrement(handle: SqliteHandle, table: string): boolean {
  if (!hasTable(handle, 'sqlite_sequence')) return false
  const sql = handle.row(`SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ${literal(table)}`)?.[0]
  return typeof sql === 'string' && /\bautoincrement\b/i.test(sql)
}

function idOf(value: unknown): number | bigint {
  return typeof value === 'bigint' ? value : Number(value)
}

function maxOf(a: number | bigint, b: number | bigint): number | bigint {
  return a > b ? a : b
}

function plusOne(id: number | bigint): number | bigint {
  const next = BigInt(id) + 1n
  return next <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(next) : next
}
