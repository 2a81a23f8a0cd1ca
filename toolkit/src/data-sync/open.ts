import { exitCodes, Fault } from '../base/index.ts'
import { openPostgres } from './dialects/postgres/postgres.ts'
import { openSqlite } from './dialects/sqlite/sqlite.ts'
import type { SyncDatabase } from './ports/database.ts'

/** What may be said of a database that is opened. */
export interface OpenOptions {
  /** Where the URL came from, for messages: `MONOLITH_DATABASE_URL`. */
  readonly variable?: string
  /** PostgreSQL only: how changes are captured. `outbox`: by triggers. `logical`: by logical replication, which needs wal_level = logical. Default `outbox`. */
  readonly capture?: 'outbox' | 'logical' | undefined
}

/**
 * Opens a database for the sync: the path of an SQLite file, `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. The driver loads only now.
 *
 * Throws `sync-dialect-unknown`, `sync-driver-missing`, `sync-url-invalid`, `sync-database-absent`, `sync-database-denied`, `sync-database-busy`,
 * `sync-database-down`, `sync-database-damaged`. No message holds a password.
 */
export async function openSyncDatabase(url: string, options: OpenOptions = {}): Promise<SyncDatabase> {
  const [, scheme = 'sqlite', rest = url] = /^([a-z][a-z0-9+]+):(.*)$/is.exec(url) ?? []
  switch (scheme.toLowerCase()) {
    case 'postgres':
    case 'postgresql':
      return await openPostgres(url, options)
    case 'sqlite':
      if (rest !== '') return await openSqlite(rest.replace(/^\/\/(?=\/)/, ''), options)
  }
  // The rest of the URL may hold a password.
  throw new Fault('sync-dialect-unknown', `data sync cannot open a database of the kind "${scheme}"${named(options)}`, {
    hint: 'give the path of an SQLite file, sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    exitCode: exitCodes.invalidConfig,
  })
}

function named({ variable }: OpenOptions): string {
  return variable === undefined ? '' : `, as ${variable} says`
}
