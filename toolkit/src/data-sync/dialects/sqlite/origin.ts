import type { SqliteHandle } from './handle.ts'
import { hasTable } from './schema.ts'

/** Creates the row that marks a transaction as the sync's own: the name of the capability while it writes, null else. */
export function createOrigin(handle: SqliteHandle): void {
  handle.exec(`
    CREATE TABLE IF NOT EXISTS banyan_origin (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT);
    INSERT OR IGNORE INTO banyan_origin (id, origin) VALUES (1, NULL);
  `)
}

/** Takes it away when nothing reads it any more. */
export function dropUnusedOrigin(handle: SqliteHandle): void {
  const used = ['banyan_feed', 'banyan_sync_job', 'banyan_owner'].some((table) => hasTable(handle, table))
  if (!used) handle.exec('DROP TABLE IF EXISTS banyan_origin')
}
