import type { AggregateKey } from '../../capability.ts'
import type { Quarantined, QuarantineEntry } from '../../ports/quarantine.ts'
import type { SqliteHandle } from './handle.ts'
import { fromStored, keysJson, storedKey } from './key-text.ts'
import { hasTable } from './schema.ts'

/** Sets an aggregate aside, or counts one more attempt. */
export function setAside(handle: SqliteHandle, job: string, entry: QuarantineEntry & { readonly now: number }): void {
  const sql = `INSERT INTO banyan_quarantine (job, key, kind, reason, source_image, target_image, first_seen_at, last_seen_at, attempts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (job, key) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, source_image = excluded.source_image,
      target_image = excluded.target_image, last_seen_at = excluded.last_seen_at, attempts = attempts + 1`
  const { key, kind, reason, sourceImage, targetImage, now } = entry
  handle.run(sql, job, storedKey(key), kind, reason, sourceImage, targetImage, now, now)
}

/** Takes these keys out of quarantine. */
export function releaseKeys(handle: SqliteHandle, job: string, keys: readonly AggregateKey[]): void {
  if (handle.row('SELECT 1 FROM banyan_quarantine WHERE job = ? LIMIT 1', job) === undefined) return
  const sql = 'DELETE FROM banyan_quarantine WHERE job = ? AND key IN (SELECT value FROM json_each(?))'
  handle.run(sql, job, keysJson(keys.map(storedKey)))
}

/** How many aggregates are set aside. */
export function countQuarantined(handle: SqliteHandle, job: string): number {
  if (!hasTable(handle, 'banyan_quarantine')) return 0
  return Number(handle.row('SELECT count(*) FROM banyan_quarantine WHERE job = ?', job)?.[0])
}

/** Those that were set aside, the one that waited longest for an attempt first. */
export function listQuarantined(handle: SqliteHandle, job: string, limit: number): readonly Quarantined[] {
  if (!hasTable(handle, 'banyan_quarantine')) return []
  const sql = `SELECT key, kind, reason, source_image, target_image, first_seen_at, last_seen_at, attempts
    FROM banyan_quarantine WHERE job = ? ORDER BY last_seen_at, key LIMIT ?`
  return handle
    .rows(sql, job, limit)
    .map(([key, kind, reason, sourceImage, targetImage, firstSeenAt, lastSeenAt, attempts]) => ({
      key: fromStored(key) ?? '',
      kind: kind === 'translation' ? 'translation' : 'constraint',
      reason: String(reason),
      sourceImage: sourceImage === null ? null : String(sourceImage),
      targetImage: targetImage === null ? null : String(targetImage),
      firstSeenAt: Number(firstSeenAt),
      lastSeenAt: Number(lastSeenAt),
      attempts: Number(attempts),
    }))
}
