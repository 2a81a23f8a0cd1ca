import type { SyncDatabase } from '../../ports/database.ts'
import { openConnection, type SqliteOptions } from './connection.ts'
import { buildSqliteFeed } from './feed.ts'
import { buildSqliteReader } from './reader.ts'
import { readColumns } from './schema.ts'
import { buildSqliteTarget } from './target.ts'

/** Opens an SQLite database file for the sync: see `openConnection` for what it throws. */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<SyncDatabase> {
  const connection = await openConnection(path, options)
  return {
    label: connection.label,
    columnsOf: async (table) => {
      const columns = await connection.read((handle) => readColumns(handle, table))
      return columns.length === 0 ? undefined : columns.map((column) => column.name)
    },
    feed: (place, tables) => buildSqliteFeed(connection, place, tables),
    reader: (tables) => buildSqliteReader(connection, tables),
    target: (place, tables) => buildSqliteTarget(connection, place, tables),
    close: () => connection.close(),
  }
}
