import type { AggregateKey } from '../../capability.ts'
import { type BackfillPhase, type BackfillState, type JobState, newJob } from '../../ports/job.ts'
import { hasTable } from './feed.ts'
import type { SqliteHandle } from './handle.ts'
import { knowsProcesses } from './lease.ts'

/** Creates the tables in which the target keeps the sync's state. */
export function createStateTables(handle: SqliteHandle, job: string): void {
  handle.exec(`
    CREATE TABLE IF NOT EXISTS banyan_origin (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT);
    INSERT OR IGNORE INTO banyan_origin (id, origin) VALUES (1, NULL);
    CREATE TABLE IF NOT EXISTS banyan_sync_job (
      job TEXT PRIMARY KEY, feed TEXT, position TEXT,
      phase TEXT NOT NULL DEFAULT 'never', step TEXT NOT NULL DEFAULT 'copy', cursor TEXT,
      copied INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0, started_at INTEGER, finished_at INTEGER, why TEXT
    );
    CREATE TABLE IF NOT EXISTS banyan_sync_lease (
      job TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch INTEGER NOT NULL,
      expires_at INTEGER NOT NULL, heartbeat_at INTEGER NOT NULL, trouble TEXT, process TEXT
    );
    CREATE TABLE IF NOT EXISTS banyan_quarantine (
      job TEXT NOT NULL, key NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, source_image TEXT, target_image TEXT,
      first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
      PRIMARY KEY (job, key)
    );
  `)
  if (!knowsProcesses(handle)) handle.exec('ALTER TABLE banyan_sync_lease ADD COLUMN process TEXT')
  handle.run('INSERT OR IGNORE INTO banyan_sync_job (job) VALUES (?)', job)
}

/** Whether the state tables are all there, with the row of this job. */
export function hasState(handle: SqliteHandle, job: string): boolean {
  if (!hasTable(handle, 'banyan_quarantine') || !knowsProcesses(handle)) return false
  return handle.row('SELECT 1 FROM banyan_sync_job WHERE job = ?', job) !== undefined
}

/** The state of the job; that of a new job when there is none. */
export function readJobState(handle: SqliteHandle, job: string): JobState {
  if (!hasTable(handle, 'banyan_sync_job')) return newJob
  const columns = 'feed, position, phase, step, cursor, copied, total, started_at, finished_at, why'
  const row = handle.row(`SELECT ${columns} FROM banyan_sync_job WHERE job = ?`, job)
  if (row === undefined) return newJob
  const [feed, position, phase, step, cursor, copied, total, startedAt, finishedAt, why] = row
  return {
    feed: textOf(feed),
    position: textOf(position),
    backfill: {
      phase: phase as BackfillPhase,
      step: step === 'sweep' ? 'sweep' : 'copy',
      cursor: typeof cursor === 'string' ? (JSON.parse(cursor) as AggregateKey) : undefined,
      copied: Number(copied),
      total: Number(total),
      startedAt: numberOf(startedAt),
      finishedAt: numberOf(finishedAt),
      why: textOf(why),
    },
  }
}

/** Moves the checkpoint of the job. */
export function writeCheckpoint(
  handle: SqliteHandle,
  job: string,
  at: { readonly feed: string; readonly position: string },
): void {
  handle.run('UPDATE banyan_sync_job SET feed = ?, position = ? WHERE job = ?', at.feed, at.position, job)
}

/** Writes where the backfill stands. */
export function writeBackfillState(handle: SqliteHandle, job: string, state: BackfillState): void {
  const sql = `UPDATE banyan_sync_job SET phase = ?, step = ?, cursor = ?, copied = ?, total = ?, started_at = ?, finished_at = ?, why = ?
    WHERE job = ?`
  const { phase, step, copied, total } = state
  const cursor = state.cursor === undefined ? null : JSON.stringify(state.cursor)
  const times = [state.startedAt ?? null, state.finishedAt ?? null]
  handle.run(sql, phase, step, cursor, copied, total, ...times, state.why ?? null, job)
}

/** Asks for a backfill, unless one is under way. */
export function markBackfillWanted(handle: SqliteHandle, job: string): void {
  const sql = `UPDATE banyan_sync_job SET phase = 'wanted', why = NULL WHERE job = ? AND phase NOT IN ('wanted', 'running')`
  handle.run(sql, job)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
