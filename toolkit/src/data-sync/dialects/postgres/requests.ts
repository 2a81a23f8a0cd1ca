import type { AggregateKey } from '../../capability.ts'
import { fromStored, storedKey } from './key-text.ts'
import { own } from './names.ts'
import type { PostgresSession } from './session.ts'
import { hasTable } from './state.ts'
import { arrayOf } from './value.ts'

const table = own('banyan_sync_request')

/** Which requests were seen, by stored key: one that is made again while the first is applied must not be settled with it, for it may be about a newer state. */
export type SeenRequests = Map<string, string>

/** Asks for these aggregates; one that is asked for again gets a higher number. */
export async function addRequests(session: PostgresSession, job: string, keys: readonly AggregateKey[]): Promise<void> {
  const sql = `INSERT INTO ${table} (job, key) SELECT DISTINCT $1::text, key FROM pg_catalog.unnest($2::text[]) AS key ORDER BY key
    ON CONFLICT (job, key) DO UPDATE SET id = DEFAULT`
  await session.run(sql, job, arrayOf(keys.map(storedKey)))
}

/** The oldest requests; notes in `seen` which they are. */
export async function listRequests(
  session: PostgresSession,
  job: string,
  { limit, seen }: { readonly limit: number; readonly seen: SeenRequests },
): Promise<readonly AggregateKey[]> {
  if (!(await hasTable(session, 'banyan_sync_request'))) return []
  const rows = await session.rows(`SELECT id, key FROM ${table} WHERE job = $1 ORDER BY id LIMIT $2`, job, limit)
  return rows.map(([id, key]) => {
    const stored = String(key)
    if (!seen.has(stored)) seen.set(stored, String(id))
    return fromStored(stored)
  })
}

/** Takes away the requests of these keys that were seen. */
export async function settleRequests(
  session: PostgresSession,
  job: string,
  { keys, seen }: { readonly keys: readonly AggregateKey[]; readonly seen: SeenRequests },
): Promise<void> {
  const ids: string[] = []
  for (const stored of keys.map(storedKey)) {
    const id = seen.get(stored)
    if (id !== undefined) ids.push(id)
    seen.delete(stored)
  }
  if (ids.length > 0)
    await session.run(`DELETE FROM ${table} WHERE job = $1 AND id = ANY ($2::bigint[])`, job, arrayOf(ids))
}
