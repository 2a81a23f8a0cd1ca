import { exitCodes, Fault, messageOf } from '../../../base/index.ts'
import type { SyncDatabase } from '../../ports/database.ts'
import { openConnection, type SqliteOptions } from './connection.ts'
import { sqliteFault } from './fault.ts'
import { buildSqliteFeed } from './feed.ts'
import type { RawRow, SqliteHandle } from './handle.ts'
import { buildSqliteIds } from './ids.ts'
import { buildSqliteOwners } from './owner.ts'
import { buildSqliteReader } from './reader.ts'
import { readColumns } from './schema.ts'
import { buildSqliteTarget } from './target.ts'

/** Opens an SQLite database file for the sync: see `openConnection` for what it throws. */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<SyncDatabase> {
  const connection = await openConnection(path, options)
  return {
    label: connection.label,
    dialect: 'sqlite',
    columnsOf: async (table) => {
      const columns = await connection.read((handle) => readColumns(handle, table))
      return columns.length === 0 ? undefined : columns.map((column) => column.name)
    },
    feed: (place, tables) => buildSqliteFeed(connection, place, tables),
    reader: (tables) => buildSqliteReader(connection, tables),
    target: (place, tables) => buildSqliteTarget(connection, place, tables),
    owners: (place, tables, owned) => buildSqliteOwners(connection, place, { tables, owned }),
    ids: (tables) => buildSqliteIds(connection, tables),
    select: (sql) => connection.read((handle) => selectFrom(handle, sql, connection.label)),
    close: () => connection.close(),
  }
}

function selectFrom(handle: SqliteHandle, sql: string, label: string): readonly RawRow[] {
  try {
    const rows = handle.select(sql)
    if (rows !== undefined) return rows
  } catch (thrown) {
    const fault = sqliteFault(thrown, label)
    if (fault instanceof Fault && fault.code !== 'sync-schema-differs') throw thrown
    throw invalidTotal(`${label}: ${messageOf(thrown)}`, thrown)
  }
  throw invalidTotal(`${label}: it is no SELECT, or it writes`)
}

function invalidTotal(message: string, cause?: unknown): Fault {
  const hint = 'correct the SELECT of this total in the capability manifest'
  return new Fault('sync-total-invalid', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}
