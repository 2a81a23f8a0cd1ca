import type { AggregateKey } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { SqliteHandle } from './handle.ts'
import { fromStored, storedKey } from './key-text.ts'
import { hasTable } from './schema.ts'

/** The database table of requests. A request that is made again gets a higher number. */
export const requestTable = `
  CREATE TABLE IF NOT EXISTS banyan_sync_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, key NOT NULL, UNIQUE (job, key)
  );`

/** Asks for these aggregates. */
export function addRequests(handle: SqliteHandle, job: string, keys: readonly AggregateKey[]): void {
  const sql = 'INSERT OR REPLACE INTO banyan_sync_request (job, key) VALUES (?, ?)'
  for (const key of keys) handle.run(sql, job, storedKey(key))
}

/** Which requests were seen: one that is made again while the first is applied must not be settled with it, for it may be about a newer state. */
export type SeenRequests = Map<string, { readonly id: number; readonly key: AggregateKey }>

/** The oldest requests; notes in `seen` which they are. */
export function listRequests(
  handle: SqliteHandle,
  job: string,
  { limit, seen }: { readonly limit: number; readonly seen: SeenRequests },
): readonly AggregateKey[] {
  if (!hasTable(handle, 'banyan_sync_request')) return []
  const rows = handle.rows('SELECT id, key FROM banyan_sync_request WHERE job = ? ORDER BY id LIMIT ?', job, limit)
  return rows.flatMap(([id, stored]) => {
    const key = fromStored(stored)
    if (key === undefined) return []
    const name = keyName(key)
    if (!seen.has(name)) seen.set(name, { id: Number(id), key })
    return [key]
  })
}

/** Takes away the requests of these keys that were seen. */
export function settleRequests(
  handle: SqliteHandle,
  job: string,
  { keys, seen }: { readonly keys: readonly AggregateKey[]; readonly seen: SeenRequests },
): void {
  for (const key of keys) {
    const name = keyName(key)
    const request = seen.get(name)
    if (request === undefined) continue
    handle.run('DELETE FROM banyan_sync_request WHERE job = ? AND id = ?', job, request.id)
    seen.delete(name)
  }
}
