import { own } from './names.ts'
import type { PostgresSession } from './session.ts'

/** The owner rows of all capabilities; the unique key makes a change of who owns, unlike one of the intent or of the epoch alone, a conflict for transactions with an older snapshot. */
export const ownerTable = `
  CREATE TABLE IF NOT EXISTS ${own('banyan_owner')} (
    capability text PRIMARY KEY, owner text NOT NULL, epoch bigint NOT NULL, fence text NOT NULL DEFAULT 'enforce', intent text,
    UNIQUE (capability, owner, fence)
  );`

/** The database tables in which the target keeps the sync's state. */
const stateTables = `
  CREATE TABLE IF NOT EXISTS ${own('banyan_sync_job')} (
    job text PRIMARY KEY, feed text, position text,
    phase text NOT NULL DEFAULT 'never', step text NOT NULL DEFAULT 'copy', cursor text,
    copied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, started_at bigint, finished_at bigint, why text,
    beat_at bigint, settings text, verified text
  );
  CREATE TABLE IF NOT EXISTS ${own('banyan_sync_lease')} (
    job text PRIMARY KEY, holder text NOT NULL, epoch bigint NOT NULL,
    expires_at bigint NOT NULL, heartbeat_at bigint NOT NULL, trouble text, process text
  );
  CREATE TABLE IF NOT EXISTS ${own('banyan_quarantine')} (
    job text NOT NULL, key text NOT NULL, kind text NOT NULL, reason text NOT NULL, source_image text, target_image text,
    first_seen_at bigint NOT NULL, last_seen_at bigint NOT NULL, attempts bigint NOT NULL,
    PRIMARY KEY (job, key)
  );
  CREATE TABLE IF NOT EXISTS ${own('banyan_sync_request')} (
    id bigint GENERATED ALWAYS AS IDENTITY, job text NOT NULL, key text NOT NULL, PRIMARY KEY (job, key)
  );`

const tableNames = ['banyan_sync_job', 'banyan_sync_lease', 'banyan_quarantine', 'banyan_sync_request', 'banyan_owner']

/** Creates the tables of the sync's own state, and the row of this job. */
export async function createStateTables(session: PostgresSession, job: string): Promise<void> {
  await session.exec(ownerTable + stateTables)
  await session.run(`INSERT INTO ${own('banyan_sync_job')} (job) VALUES ($1) ON CONFLICT DO NOTHING`, job)
}

/** Whether they are all there, with the row of this job. */
export async function hasState(session: PostgresSession, job: string): Promise<boolean> {
  for (const table of tableNames) if (!(await hasTable(session, table))) return false
  return (await session.row(`SELECT 1 FROM ${own('banyan_sync_job')} WHERE job = $1`, job)) !== undefined
}

/** Whether one of the sync's own tables is there. */
export async function hasTable(session: PostgresSession, table: string): Promise<boolean> {
  if (session.seen?.has(table) === true) return true
  const isThere = (await session.row('SELECT pg_catalog.to_regclass($1)', own(table)))?.[0] !== null
  if (isThere) session.seen?.add(table)
  return isThere
}
