import { exitCodes, Fault } from '../base/index.ts'
import { openSqlite } from './dialects/sqlite/sqlite.ts'
import type { SyncDatabase } from './ports/database.ts'

/** What may be said of a database that is opened. */
export interface OpenOptions {
  /** Where the URL came from, for messages: `MONOLITH_DATABASE_URL`. */
  readonly variable?: string
}

/**
 * Opens a database for the sync: the path of an SQLite file, or `sqlite:PATH`. The driver loads only now.
 *
 * Throws `sync-dialect-unknown`, `sync-driver-missing`, `sync-database-absent`, `sync-database-busy`, `sync-database-damaged`.
 */
export async function openSyncDatabase(url: string, options: OpenOptions = {}): Promise<SyncDatabase> {
  const [, scheme, rest] = /^([a-z][a-z0-9+]+):(.*)$/is.exec(url) ?? [undefined, 'sqlite', url]
  if (scheme?.toLowerCase() === 'sqlite' && rest !== undefined && rest !== '')
    return await openSqlite(rest.replace(/^\/\/(?=\/)/, ''), options)
  // The rest of the URL may hold a password.
  throw new Fault('sync-dialect-unknown', `data sync cannot open a database of the kind "${scheme}"${named(options)}`, {
    hint: 'give the path of an SQLite file, or sqlite:PATH',
    exitCode: exitCodes.invalidConfig,
  })
}

function named({ variable }: OpenOptions): string {
  return variable === undefined ? '' : `, as ${variable} says`
}
