import type { ColumnValue } from '../../../anti-corruption/index.ts'
import { exitCodes, Fault } from '../../../base/index.ts'
import type { AggregateKey, KeyColumns } from '../../capability.ts'
import type { FeedBatch, Pending } from '../../ports/feed.ts'
import { literal, quoted, type SqliteHandle } from './handle.ts'
import { parseKeyJson } from './key-text.ts'

const unixEpochDay = 2440587.5
const dayMs = 86_400_000
/** How far behind a position changes are counted one by one; beyond it each row of the outbox counts. */
const countedExactly = 10_000

// No capability has a space in its name.
const heartbeat = 'banyan beat'

/** The outbox of one feed: rows of a number, a root's key, the origin of the write and its instant. */
export function buildOutbox(of: { readonly table: string; readonly capability: string; readonly key: KeyColumns }) {
  const log = quoted(of.table)
  const changes = `origin IS NOT ${literal(of.capability)} AND origin IS NOT ${literal(heartbeat)}`

  return { head, reaches, read, tail, pending, beat, prune }

  function head(handle: SqliteHandle): number {
    return Number(handle.row(`SELECT coalesce(max(seq), 0) FROM ${log}`)?.[0])
  }

  function reaches(handle: SqliteHandle, position: number): boolean {
    const [oldest, newest] = handle.row(`SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM ${log}`) ?? []
    return position >= Number(oldest) - 1 && position <= Number(newest)
  }

  function read(handle: SqliteHandle, after: number, limit: number): FeedBatch {
    const newest = head(handle)
    const through = Math.max(after, Math.min(newest, after + limit))
    const keys = through === after ? [] : keysBetween(handle, after, through)
    const beatAt = through === after ? undefined : beatBetween(handle, after, through)
    return { keys, through: String(through), atHead: through >= newest, beatAt }
  }

  function tail(handle: SqliteHandle, after: number, limit: number): readonly AggregateKey[] {
    const keys = keysBetween(handle, after, Number.MAX_SAFE_INTEGER, limit + 1)
    if (keys.length <= limit) return keys
    throw new Fault('sync-tail-long', `more than ${limit} aggregates of ${of.capability} wait in the change feed`, {
      hint: 'let the sync catch up first: banyan sync status',
      exitCode: exitCodes.refused,
    })
  }

  function keysBetween(handle: SqliteHandle, after: number, through: number, limit = -1): readonly AggregateKey[] {
    const sql = `SELECT DISTINCT key FROM ${log} WHERE seq > ? AND seq <= ? AND ${changes} LIMIT ?`
    return handle.rows(sql, after, through, limit).map(([key]) => loggedKey(of.key, key))
  }

  function beatBetween(handle: SqliteHandle, after: number, through: number): number | undefined {
    const sql = `SELECT max(key) FROM ${log} WHERE seq > ? AND seq <= ? AND origin = ${literal(heartbeat)}`
    const at = handle.row(sql, after, through)?.[0]
    return typeof at === 'number' ? at : undefined
  }

  function pending(handle: SqliteHandle, after: number): Pending {
    const beyond = Math.max(0, head(handle) - after - countedExactly)
    const near = `SELECT at FROM ${log} WHERE seq > ? AND seq <= ? AND ${changes}`
    const [count, oldest] = handle.row(`SELECT count(*), min(at) FROM (${near})`, after, after + countedExactly) ?? []
    const oldestAt = typeof oldest === 'number' ? (oldest - unixEpochDay) * dayMs : undefined
    return { changes: Number(count) + beyond, oldestAt, pinnedBy: undefined }
  }

  function beat(handle: SqliteHandle, now: number): void {
    handle.run(`INSERT INTO ${log} (key, origin) VALUES (?, ?)`, now, heartbeat)
  }

  function prune(handle: SqliteHandle, through: number): void {
    // The newest row stays, for SQLite gives the next one the highest number plus one.
    handle.run(`DELETE FROM ${log} WHERE seq < ?`, Math.min(through, head(handle)))
  }
}

function loggedKey(columns: KeyColumns, value: ColumnValue | undefined): AggregateKey {
  if (typeof value === 'string') return typeof columns === 'string' ? value : parseKeyJson(value)
  if (typeof value === 'number' || typeof value === 'bigint') return value
  throw new Fault('sync-key-unsupported', 'a root key is neither an integer nor a text', {
    hint: 'name a key column of the aggregate that holds integers or texts',
    exitCode: exitCodes.invalidConfig,
  })
}
