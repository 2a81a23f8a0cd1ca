import type { AggregateKey } from '../../capability.ts'
import type { Quarantined, QuarantineEntry } from '../../ports/quarantine.ts'
import { fromStored, storedKey } from './key-text.ts'
import { own } from './names.ts'
import type { PostgresSession } from './session.ts'
import { hasTable } from './state.ts'
import { arrayOf } from './value.ts'

const table = own('banyan_quarantine')

/** Sets an aggregate aside, or counts one more attempt. */
export async function setAside(
  session: PostgresSession,
  job: string,
  entry: QuarantineEntry & { readonly now: number },
): Promise<void> {
  const sql = `INSERT INTO ${table} AS q (job, key, kind, reason, source_image, target_image, first_seen_at, last_seen_at, attempts)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)
    ON CONFLICT (job, key) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, source_image = excluded.source_image,
      target_image = excluded.target_image, last_seen_at = excluded.last_seen_at, attempts = q.attempts + 1`
  const { key, kind, reason, sourceImage, targetImage, now } = entry
  await session.run(sql, job, storedKey(key), kind, storable(reason), storable(sourceImage), storable(targetImage), now)
}

/** Whether nothing is set aside. */
export async function isQuarantineEmpty(session: PostgresSession, job: string): Promise<boolean> {
  return (await session.row(`SELECT 1 FROM ${table} WHERE job = $1 LIMIT 1`, job)) === undefined
}

/** Takes these keys out of quarantine. */
export async function releaseKeys(session: PostgresSession, job: string, keys: readonly AggregateKey[]): Promise<void> {
  await session.run(`DELETE FROM ${table} WHERE job = $1 AND key = ANY ($2::text[])`, job, arrayOf(keys.map(storedKey)))
}

/** How many aggregates are set aside. */
export async function countQuarantined(session: PostgresSession, job: string): Promise<number> {
  if (!(await hasTable(session, 'banyan_quarantine'))) return 0
  return Number((await session.row(`SELECT count(*) FROM ${table} WHERE job = $1`, job))?.[0])
}

/** Those that were set aside, the one that waited longest for an attempt first. */
export async function listQuarantined(
  session: PostgresSession,
  job: string,
  limit: number,
): Promise<readonly Quarantined[]> {
  if (!(await hasTable(session, 'banyan_quarantine'))) return []
  const sql = `SELECT key, kind, reason, source_image, target_image, first_seen_at, last_seen_at, attempts
    FROM ${table} WHERE job = $1 ORDER BY last_seen_at, key LIMIT $2`
  const rows = await session.rows(sql, job, limit)
  return rows.map(([key, kind, reason, sourceImage, targetImage, firstSeenAt, lastSeenAt, attempts]) => ({
    key: fromStored(String(key)),
    kind: kind === 'translation' ? 'translation' : 'constraint',
    reason: String(reason),
    sourceImage: sourceImage ?? null,
    targetImage: targetImage ?? null,
    firstSeenAt: Number(firstSeenAt),
    lastSeenAt: Number(lastSeenAt),
    attempts: Number(attempts),
  }))
}

// What is set aside is often set aside because of such a character: a person must be able to read of it.
function storable<Text extends string | null>(text: Text): Text | string {
  return typeof text === 'string' ? text.replaceAll('\0', '\u2400') : text
}
