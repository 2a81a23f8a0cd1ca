import { type BackfillPhase, type BackfillState, type JobState, newJob, usualSettings } from '../../ports/job.ts'
import { fromStored, storedKey } from './key-text.ts'
import { own } from './names.ts'
import type { PostgresSession } from './session.ts'
import { hasTable } from './state.ts'

const table = own('banyan_sync_job')

/** The state of the job; that of a new job when there is none. */
export async function readJobState(session: PostgresSession, job: string): Promise<JobState> {
  if (!(await hasTable(session, 'banyan_sync_job'))) return newJob
  const columns = `feed, position, phase, step, cursor, copied, total, started_at, finished_at, why, beat_at, settings, verified`
  const row = await session.row(`SELECT ${columns} FROM ${table} WHERE job = $1`, job)
  if (row === undefined) return newJob
  const [feed, position, phase, step, cursor, copied, total, startedAt, finishedAt, why, beatAt, settings, verified] =
    row
  return {
    feed: feed ?? undefined,
    position: position ?? undefined,
    backfill: {
      phase: phase as BackfillPhase,
      step: step === 'sweep' || step === 'fill' ? step : 'copy',
      cursor: cursor === null || cursor === undefined ? undefined : fromStored(cursor),
      copied: Number(copied),
      total: Number(total),
      startedAt: numberOf(startedAt),
      finishedAt: numberOf(finishedAt),
      why: why ?? undefined,
    },
    beatAt: numberOf(beatAt),
    settings:
      settings === null || settings === undefined ? usualSettings : { ...usualSettings, ...JSON.parse(settings) },
    verified: verified ?? undefined,
  }
}

/** Where a job's checkpoint stands. */
export interface Checkpoint {
  readonly feed: string
  readonly position: string
  readonly beatAt: number | undefined
}

/** Moves the checkpoint of the job. */
export async function writeCheckpoint(session: PostgresSession, job: string, at: Checkpoint): Promise<void> {
  const sql = `UPDATE ${table} SET feed = $2, position = $3, beat_at = coalesce($4::bigint, beat_at) WHERE job = $1`
  await session.run(sql, job, at.feed, at.position, at.beatAt)
}

/** Writes where the backfill stands. */
export async function writeBackfillState(session: PostgresSession, job: string, state: BackfillState): Promise<void> {
  const sql = `UPDATE ${table} SET phase = $2, step = $3, cursor = $4, copied = $5, total = $6, started_at = $7, finished_at = $8, why = $9
    WHERE job = $1`
  const { phase, step, copied, total, startedAt, finishedAt, why } = state
  const cursor = state.cursor === undefined ? null : storedKey(state.cursor)
  await session.run(sql, job, phase, step, cursor, copied, total, startedAt, finishedAt, why)
}

/** Asks for a backfill, unless one is under way. */
export async function markBackfillWanted(session: PostgresSession, job: string): Promise<void> {
  const sql = `UPDATE ${table} SET phase = 'wanted', why = NULL WHERE job = $1 AND phase NOT IN ('wanted', 'running')`
  await session.run(sql, job)
}

/** Writes one text column of the job. */
export async function writeText(
  session: PostgresSession,
  job: string,
  set: { readonly column: 'settings' | 'verified'; readonly text: string },
): Promise<void> {
  await session.run(`UPDATE ${table} SET ${set.column} = $2 WHERE job = $1`, job, set.text)
}

function numberOf(value: string | null | undefined): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}
