import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { exitCodes, Fault } from '../../../base/index.ts'
import type { AggregateKey, AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { ChangeFeed, FeedBatch, FeedPosition, Pending } from '../../ports/feed.ts'
import type { SqliteConnection } from './connection.ts'
import { literal, quoted, type SqliteHandle } from './handle.ts'
import { readColumns, readUniqueKeys } from './schema.ts'
import { capturedTables, captureTriggers, type Trigger } from './triggers.ts'

const pollMs = 20
const unixEpochDay = 2440587.5
const dayMs = 86_400_000

/** The change feed of an aggregate in an SQLite database: an outbox of root keys, filled by triggers. */
export function buildSqliteFeed(connection: SqliteConnection, place: Place, tables: AggregateTables): ChangeFeed {
  const feed = `${place.capability}_${place.arm}`
  const prefix = `banyan_${feed}`
  const outbox = `${prefix}_outbox`
  const log = quoted(outbox)

  return {
    install: async () => {
      const complete = await connection.read((handle) => isComplete(handle, wanted(handle)))
      if (!complete) await connection.write((handle) => create(handle, wanted(handle)))
    },
    remove: () => connection.write(remove),
    identity: () => connection.read(readIdentity),
    head: () => connection.read((handle) => String(headOf(handle))),
    reaches: (position) => connection.read((handle) => reaches(handle, position)),
    read: (after, limit) => connection.read((handle) => readBatch(handle, Number(after), limit)),
    pending: (after) => connection.read((handle) => readPending(handle, Number(after))),
    prune: (through) =>
      connection.write((handle) => {
        // The newest row stays, for SQLite gives the next one the highest number plus one.
        handle.run(`DELETE FROM ${log} WHERE seq < ?`, Math.min(Number(through), headOf(handle)))
      }),
    wait: buildWait(connection),
  }

  function wanted(handle: SqliteHandle): readonly Trigger[] {
    return capturedTables(tables).flatMap(({ table, rootKey }) => {
      const columns = readColumns(handle, table).map((column) => column.name)
      return captureTriggers(prefix, outbox, { table, rootKey, columns, uniqueKeys: readUniqueKeys(handle, table) })
    })
  }

  function isComplete(handle: SqliteHandle, triggers: readonly Trigger[]): boolean {
    if (readIdentity(handle) === undefined) return false
    const present = new Map(ownTriggers(handle))
    return present.size === triggers.length && triggers.every(({ name, sql }) => present.get(name) === sql)
  }

  function create(handle: SqliteHandle, triggers: readonly Trigger[]): void {
    if (isComplete(handle, triggers)) return
    for (const [name] of ownTriggers(handle)) handle.exec(`DROP TRIGGER ${quoted(name)}`)
    handle.exec(`
      CREATE TABLE IF NOT EXISTS banyan_origin (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT);
      INSERT OR IGNORE INTO banyan_origin (id, origin) VALUES (1, NULL);
      CREATE TABLE IF NOT EXISTS banyan_feed (feed TEXT PRIMARY KEY, identity TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS ${log} (seq INTEGER PRIMARY KEY, key NOT NULL, origin TEXT, at REAL NOT NULL DEFAULT (julianday('now')));
    `)
    for (const { sql } of triggers) handle.exec(sql)
    // A trigger that was not there may have missed changes: this is another feed now.
    handle.run('INSERT OR REPLACE INTO banyan_feed (feed, identity) VALUES (?, ?)', feed, randomUUID())
  }

  function remove(handle: SqliteHandle): void {
    for (const [name] of ownTriggers(handle)) handle.exec(`DROP TRIGGER ${quoted(name)}`)
    handle.exec(`DROP TABLE IF EXISTS ${log}`)
    if (!hasTable(handle, 'banyan_feed')) return
    handle.exec(`DELETE FROM banyan_feed WHERE feed = ${literal(feed)}`)
    const others = handle.row('SELECT count(*) FROM banyan_feed')?.[0]
    if (others !== 0) return
    handle.exec('DROP TABLE banyan_feed')
    if (!hasTable(handle, 'banyan_sync_job')) handle.exec('DROP TABLE IF EXISTS banyan_origin')
  }

  function ownTriggers(handle: SqliteHandle): readonly (readonly [string, string])[] {
    const sql = `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?`
    return handle.rows(sql, prefix.length + 1, `${prefix}_`).map(([name, text]) => [String(name), String(text)])
  }

  function readIdentity(handle: SqliteHandle): string | undefined {
    if (!hasTable(handle, 'banyan_feed') || !hasTable(handle, outbox)) return undefined
    const identity = handle.row('SELECT identity FROM banyan_feed WHERE feed = ?', feed)?.[0]
    return typeof identity === 'string' ? identity : undefined
  }

  function headOf(handle: SqliteHandle): number {
    return Number(handle.row(`SELECT coalesce(max(seq), 0) FROM ${log}`)?.[0])
  }

  function reaches(handle: SqliteHandle, position: FeedPosition): boolean {
    const [oldest, newest] = handle.row(`SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM ${log}`) ?? []
    return Number(position) >= Number(oldest) - 1 && Number(position) <= Number(newest)
  }

  function readBatch(handle: SqliteHandle, after: number, limit: number): FeedBatch {
    const head = headOf(handle)
    const through = Math.min(head, after + limit)
    const keys = through <= after ? [] : readKeys(handle, after, through)
    return { keys, through: String(Math.max(through, after)), atHead: through >= head }
  }

  function readKeys(handle: SqliteHandle, after: number, through: number): readonly AggregateKey[] {
    const sql = `SELECT DISTINCT key FROM ${log} WHERE seq > ? AND seq <= ? AND origin IS NOT ?`
    return handle.rows(sql, after, through, place.capability).map(([key]) => aggregateKey(key))
  }

  function readPending(handle: SqliteHandle, after: number): Pending {
    const at = handle.row(`SELECT at FROM ${log} WHERE seq > ? ORDER BY seq LIMIT 1`, after)?.[0]
    const oldestAt = typeof at === 'number' ? (at - unixEpochDay) * dayMs : undefined
    return { changes: Math.max(0, headOf(handle) - after), oldestAt }
  }
}

function aggregateKey(value: unknown): AggregateKey {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new Fault('sync-key-unsupported', 'a root key is neither an integer below 2^53 nor a text', {
    hint: 'name a key column of the aggregate that holds integers or texts',
    exitCode: exitCodes.invalidConfig,
  })
}

/** Whether the database has this table. */
export function hasTable(handle: SqliteHandle, table: string): boolean {
  return handle.row(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, table) !== undefined
}

// data_version tells that another connection has committed, without reading a page of the database.
function buildWait(connection: SqliteConnection): ChangeFeed['wait'] {
  let seen: unknown
  return async (atMostMs, signal) => {
    for (let waitedMs = 0; signal?.aborted !== true; waitedMs += pollMs) {
      const version = await connection.read((handle) => handle.row('PRAGMA data_version')?.[0])
      if (version !== seen || waitedMs >= atMostMs) {
        seen = version
        return
      }
      await delay(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    }
  }
}
