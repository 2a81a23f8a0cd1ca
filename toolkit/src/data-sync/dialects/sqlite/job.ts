import {
  type BackfillPhase,
  type BackfillState,
  type JobState,
  newJob,
  type SyncSettings,
  usualSettings,
} from '../../ports/job.ts'
import type { SqliteHandle } from './handle.ts'
import { keyJson, parseKeyJson } from './key-text.ts'
import { knowsProcesses } from './lease.ts'
import { createOrigin } from './origin.ts'
import { requestTable } from './requests.ts'
import { hasTable, readColumns } from './schema.ts'

/** Columns of `banyan_sync_job` that came later than the database table. */
const laterColumns = { beat_at: 'INTEGER', settings: 'TEXT', verified: 'TEXT' }

/** Creates the tables in which the target keeps the sync's state. */
export function createStateTables(handle: SqliteHandle, job: string): void {
  createOrigin(handle)
  handle.exec(`
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
    ${requestTable}
  `)
  for (const column of missingColumns(handle)) handle.exec(`ALTER TABLE banyan_sync_job ADD COLUMN ${column}`)
  if (!knowsProcesses(handle)) handle.exec('ALTER TABLE banyan_sync_lease ADD COLUMN process TEXT')
  handle.run('INSERT OR IGNORE INTO banyan_sync_job (job) VALUES (?)', job)
}

/** Whether the state tables are all there, with the row of this job. */
export function hasState(handle: SqliteHandle, job: string): boolean {
  if (!hasTable(handle, 'banyan_sync_request') || !knowsProcesses(handle)) return false
  if (missingColumns(handle).length > 0) return false
  return handle.row('SELECT 1 FROM banyan_sync_job WHERE job = ?', job) !== undefined
}

/** The state of the job; that of a new job when there is none. */
export function readJobState(handle: SqliteHandle, job: string): JobState {
  if (!hasTable(handle, 'banyan_sync_job')) return newJob
  const later = missingColumns(handle).length === 0 ? Object.keys(laterColumns) : []
  const columns = ['feed, position, phase, step, cursor, copied, total, started_at, finished_at, why', ...later]
  const row = handle.row(`SELECT ${columns.join(', ')} FROM banyan_sync_job WHERE job = ?`, job)
  if (row === undefined) return newJob
  const [feed, position, phase, step, cursor, copied, total, startedAt, finishedAt, why] = row
  const [beatAt, settings, verified] = row.slice(10)
  return {
    feed: textOf(feed),
    position: textOf(position),
    backfill: {
      phase: phase as BackfillPhase,
      step: step === 'sweep' || step === 'fill' ? step : 'copy',
      cursor: typeof cursor === 'string' ? parseKeyJson(cursor) : undefined,
      copied: Number(copied),
      total: Number(total),
      startedAt: numberOf(startedAt),
      finishedAt: numberOf(finishedAt),
      why: textOf(why),
    },
    beatAt: numberOf(beatAt),
    settings: settingsOf(settings),
    verified: textOf(verified),
  }
}

function missingColumns(handle: SqliteHandle): readonly string[] {
  const present = readColumns(handle, 'banyan_sync_job').map(({ name }) => name)
  return Object.entries(laterColumns).flatMap(([name, type]) => (present.includes(name) ? [] : [`${name} ${type}`]))
}

function settingsOf(stored: unknown): SyncSettings {
  return typeof stored === 'string'
    ? { ...usualSettings, ...(JSON.parse(stored) as Partial<SyncSettings>) }
    : usualSettings
}

/** Moves the checkpoint of the job, and keeps the heartbeat that came through with it. */
export function writeCheckpoint(
  handle: SqliteHandle,
  job: string,
  at: { readonly feed: string; readonly position: string; readonly beatAt?: number | undefined },
): void {
  const sql = 'UPDATE banyan_sync_job SET feed = ?, position = ?, beat_at = coalesce(?, beat_at) WHERE job = ?'
  handle.run(sql, at.feed, at.position, at.beatAt ?? null, job)
}

/** Sets the checkpoint of a job that does not run; never backwards within one feed. */
export function startFrom(
  handle: SqliteHandle,
  job: string,
  at: { readonly feed: string; readonly position: string },
): void {
  createStateTables(handle, job)
  const { feed, position } = readJobState(handle, job)
  if (feed === at.feed && position !== undefined && isBehind(at.position, position)) return
  handle.run('UPDATE banyan_sync_job SET feed = ?, position = ? WHERE job = ?', at.feed, at.position, job)
}

// The feed may be another dialect's; positions that are not numbers are its secret.
function isBehind(position: string, other: string): boolean {
  return /^\d+$/.test(position) && /^\d+$/.test(other) && BigInt(position) < BigInt(other)
}

/** Keeps what an operator set. */
export function writeSettings(handle: SqliteHandle, job: string, settings: SyncSettings): void {
  handle.run('UPDATE banyan_sync_job SET settings = ? WHERE job = ?', JSON.stringify(settings), job)
}

/** Keeps what a verification found. */
export function writeVerified(handle: SqliteHandle, job: string, report: string): void {
  handle.run('UPDATE banyan_sync_job SET verified = ? WHERE job = ?', report, job)
}

/** Writes where the backfill stands. */
export function writeBackfillState(handle: SqliteHandle, job: string, state: BackfillState): void {
  const sql = `UPDATE banyan_sync_job SET phase = ?, step = ?, cursor = ?, copied = ?, total = ?, started_at = ?, finished_at = ?, why = ?
    WHERE job = ?`
  const { phase, step, copied, total } = state
  const cursor = state.cursor === undefined ? null : keyJson(state.cursor)
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
