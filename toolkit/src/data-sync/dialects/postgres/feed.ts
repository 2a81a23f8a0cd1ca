import { randomUUID } from 'node:crypto'
import { exitCodes, Fault } from '../../../base/index.ts'
import type { AggregateKey, AggregateTables } from '../../capability.ts'
import { keyName } from '../../key.ts'
import type { Place } from '../../ports/database.ts'
import type { ChangeFeed, FeedBatch, FeedPosition, Pending } from '../../ports/feed.ts'
import { changeSchema } from './brief-locks.ts'
import { capturedTables, captureTriggers, channelOf, outboxName } from './capture.ts'
import type { Catalog } from './catalog.ts'
import type { PostgresConnection } from './connection.ts'
import { horizon, horizonHolder } from './horizon.ts'
import { keyShape, outboxKey } from './key-text.ts'
import { buildListening } from './listen.ts'
import { feedName, literal, lockKey, own } from './names.ts'
import { type OutboxPlace, placeOf, positionOf } from './position.ts'
import type { PostgresColumn } from './schema.ts'
import type { PostgresSession, TextRow } from './session.ts'
import { hasTable } from './state.ts'
import { areInstalled, dropTriggers, installTriggers } from './triggers.ts'
import { buildWait } from './wait.ts'

/** What a feed is built from. */
export interface FeedParts {
  readonly connection: PostgresConnection
  readonly catalog: Catalog
  readonly place: Place
  readonly tables: AggregateTables
}

const pruneAtOnce = 10_000
const countedExactly = 10_000
const pinnedAfterMs = 1000
const feeds = own('banyan_feed')

/** The change feed of an aggregate in a PostgreSQL database: an outbox of root keys, filled by triggers, read below the oldest open transaction. */
export function buildPostgresFeed({ connection, catalog, place, tables }: FeedParts): ChangeFeed {
  const feed = feedName(place)
  const owner = `feed ${feed}`
  const outboxTable = outboxName(place)
  const outbox = own(outboxTable)
  const waiting = buildWait(connection, buildListening(connection, channelOf(place)), feed)

  return {
    install: async () => {
      for (const { table } of capturedTables(tables)) await catalog.look(table)
      const triggers = captureTriggers(place, await catalog.shapes(tables))
      const isComplete = async (session: PostgresSession) =>
        (await readIdentity(session)) !== undefined && (await areInstalled(session, owner, triggers))
      if (await connection.read(isComplete)) return
      await changeSchema(connection, `installing the change feed of ${feed}`, async (session) => {
        await session.exec(`SELECT pg_catalog.pg_advisory_xact_lock(${lockKey('install')})`)
        if (await isComplete(session)) return
        await createTables(session)
        await installTriggers(session, owner, triggers)
        // A trigger that was not there may have missed changes: this is another feed now.
        const sql = `INSERT INTO ${feeds} (feed, identity) VALUES ($1, $2) ON CONFLICT (feed) DO UPDATE SET identity = excluded.identity`
        await session.run(sql, feed, randomUUID())
      })
    },
    remove: () => changeSchema(connection, `removing the change feed of ${feed}`, remove),
    identity: () => connection.ask(readIdentity),
    head: () => connection.read(async (session) => positionOf(await headOf(session))),
    hasPassed: (position, mark) => !isBefore(placeOf(position), placeOf(mark)),
    reaches: (position) => connection.read((session) => reaches(session, position)),
    read: async (after, limit) => {
      const columns = await rootKey()
      const { batch, beyond } = await connection.ask((session) => readBatch(session, columns, { after, limit }))
      await waiting.hasRead({ atHead: batch.atHead, beyond })
      return batch
    },
    tail: async (after, limit) => {
      const columns = await rootKey()
      return await connection.read((session) => readTail(session, columns, { after, limit }))
    },
    pending: (after) => connection.read((session) => readPending(session, after)),
    beat: (now) =>
      connection.write(async (session) => {
        await session.run(`INSERT INTO ${outbox} (beat) VALUES ($1)`, now)
      }),
    prune,
    wait: (atMostMs, signal) => waiting.wait(atMostMs, signal),
    close: () => waiting.close(),
  }

  async function rootKey(): Promise<readonly PostgresColumn[]> {
    return keyShape(await catalog.shape(tables.root), tables.key)
  }

  async function createTables(session: PostgresSession): Promise<void> {
    await session.exec(`
      CREATE TABLE IF NOT EXISTS ${feeds} (
        feed text PRIMARY KEY, identity text NOT NULL, listening boolean NOT NULL DEFAULT false,
        pruned_xid xid8 NOT NULL DEFAULT '0', pruned_seq bigint NOT NULL DEFAULT 0
      );
      CREATE TABLE IF NOT EXISTS ${outbox} (
        xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(), seq bigint GENERATED ALWAYS AS IDENTITY, key text,
        at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(), beat bigint, PRIMARY KEY (xid, seq)
      )`)
  }

  async function remove(session: PostgresSession): Promise<void> {
    await dropTriggers(session, owner)
    await session.exec(`DROP TABLE IF EXISTS ${outbox}`)
    if (!(await hasTable(session, 'banyan_feed'))) return
    await session.exec(`DELETE FROM ${feeds} WHERE feed = ${literal(feed)}`)
    if ((await session.row(`SELECT 1 FROM ${feeds} LIMIT 1`)) === undefined) await session.exec(`DROP TABLE ${feeds}`)
  }

  // A copy of the database is another database, whose transactions are numbered anew.
  async function readIdentity(session: PostgresSession): Promise<string | undefined> {
    if (!(await hasTable(session, 'banyan_feed')) || !(await hasTable(session, outboxTable))) return undefined
    const sql = `SELECT identity || '@' || (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
      FROM ${feeds} WHERE feed = $1`
    return (await session.row(sql, feed))?.[0] ?? undefined
  }

  async function headOf(session: PostgresSession): Promise<OutboxPlace> {
    const sql = `SELECT xid, seq FROM ${outbox} WHERE xid < ${horizon} ORDER BY xid DESC, seq DESC LIMIT 1`
    const last = await session.row(sql)
    return last === undefined ? await prunedAt(session) : toPlace(last)
  }

  async function prunedAt(session: PostgresSession): Promise<OutboxPlace> {
    return toPlace((await session.row(`SELECT pruned_xid, pruned_seq FROM ${feeds} WHERE feed = $1`, feed)) ?? [])
  }

  async function reaches(session: PostgresSession, position: FeedPosition): Promise<boolean> {
    const place = placeOf(position)
    const pruned = await prunedAt(session)
    if (isBefore(place, pruned)) return false
    const newest = await session.row(`SELECT xid, seq FROM ${outbox} ORDER BY xid DESC, seq DESC LIMIT 1`)
    return !isBefore(newest === undefined ? pruned : toPlace(newest), place)
  }

  async function readBatch(
    session: PostgresSession,
    columns: readonly PostgresColumn[],
    { after, limit }: Stretch,
  ): Promise<{ readonly batch: FeedBatch; readonly beyond: boolean }> {
    const { xid, seq } = placeOf(after)
    const sql = `SELECT xid, seq, key, beat, xid < ${horizon} FROM ${outbox} WHERE (xid, seq) > ($1::xid8, $2::bigint) ORDER BY xid, seq LIMIT $3`
    const found = await session.rows(sql, xid, seq, limit + 1)
    const ready = found.filter(([, , , , below]) => below === 't')
    const rows = ready.slice(0, limit)
    const last = rows.at(-1)
    const beats = rows.flatMap(([, , , beat]) => (beat === null || beat === undefined ? [] : [Number(beat)]))
    const batch: FeedBatch = {
      keys: distinctKeys(columns, rows),
      through: last === undefined ? after : positionOf(toPlace(last)),
      atHead: ready.length <= limit,
      beatAt: beats.length === 0 ? undefined : Math.max(...beats),
    }
    return { batch, beyond: ready.length < found.length }
  }

  async function readTail(
    session: PostgresSession,
    columns: readonly PostgresColumn[],
    { after, limit }: Stretch,
  ): Promise<readonly AggregateKey[]> {
    const { xid, seq } = placeOf(after)
    const sql = `SELECT DISTINCT NULL, NULL, key FROM ${outbox} WHERE (xid, seq) > ($1::xid8, $2::bigint) AND key IS NOT NULL LIMIT $3`
    const rows = await session.rows(sql, xid, seq, limit + 1)
    if (rows.length <= limit) return distinctKeys(columns, rows)
    throw new Fault('sync-tail-long', `more than ${limit} aggregates of ${feed} wait to be applied`, {
      hint: 'let the sync worker catch up first',
      exitCode: exitCodes.refused,
    })
  }

  async function readPending(session: PostgresSession, after: FeedPosition): Promise<Pending> {
    const { xid, seq } = placeOf(after)
    const behind = `FROM ${outbox} WHERE (xid, seq) > ($1::xid8, $2::bigint) AND key IS NOT NULL`
    const [count] =
      (await session.row(`SELECT count(*) FROM (SELECT ${behind} LIMIT ${countedExactly}) c`, xid, seq)) ?? []
    if (count === '0') return { changes: 0, oldestAt: undefined, pinnedBy: undefined }
    const age = 'extract(epoch FROM at) * 1000'
    const [oldestAt] = (await session.row(`SELECT ${age} ${behind} ORDER BY xid, seq LIMIT 1`, xid, seq)) ?? []
    const changes = Number(count) < countedExactly ? Number(count) : await estimated(session, { xid, seq })
    const [hiddenMs] =
      (await session.row(
        `SELECT extract(epoch FROM pg_catalog.clock_timestamp() - at) * 1000 ${behind} AND xid >= ${horizon} ORDER BY xid, seq LIMIT 1`,
        xid,
        seq,
      )) ?? []
    const isPinned = hiddenMs !== undefined && Number(hiddenMs) > pinnedAfterMs
    return { changes, oldestAt: Number(oldestAt), pinnedBy: isPinned ? await horizonHolder(session) : undefined }
  }

  // Counting a million rows twice a second would cost more than the number is worth: they are numbered, with few gaps.
  async function estimated(session: PostgresSession, { xid, seq }: OutboxPlace): Promise<number> {
    const first = `SELECT min(seq) FROM (SELECT seq FROM ${outbox} WHERE (xid, seq) > ($1::xid8, $2::bigint) ORDER BY xid, seq LIMIT 100) f`
    const last = `SELECT max(seq) FROM (SELECT seq FROM ${outbox} ORDER BY xid DESC, seq DESC LIMIT 100) l`
    const [count] = (await session.row(`SELECT (${last}) - (${first}) + 1`, xid, seq)) ?? []
    return Math.max(countedExactly, Number(count))
  }

  async function prune(through: FeedPosition): Promise<void> {
    const { xid, seq } = placeOf(through)
    const mark = `UPDATE ${feeds} SET pruned_xid = $2::xid8, pruned_seq = $3::bigint
      WHERE feed = $1 AND (pruned_xid, pruned_seq) < ($2::xid8, $3::bigint)`
    await connection.write(async (session) => {
      const sql = `SELECT 1 FROM ${outbox} WHERE (xid, seq) <= ($1::xid8, $2::bigint) LIMIT 1`
      if ((await session.row(sql, xid, seq)) !== undefined) await session.run(mark, feed, xid, seq)
    })
    const some = `SELECT xid, seq FROM ${outbox} WHERE (xid, seq) <= ($1::xid8, $2::bigint) ORDER BY xid, seq LIMIT ${pruneAtOnce}`
    for (let gone = pruneAtOnce; gone === pruneAtOnce; ) {
      gone = await connection.write((session) =>
        session.run(`DELETE FROM ${outbox} WHERE (xid, seq) IN (${some})`, xid, seq),
      )
    }
  }
}

interface Stretch {
  readonly after: FeedPosition
  readonly limit: number
}

function toPlace([xid, seq]: TextRow): OutboxPlace {
  return { xid: BigInt(xid ?? 0), seq: BigInt(seq ?? 0) }
}

function isBefore(a: OutboxPlace, b: OutboxPlace): boolean {
  return a.xid < b.xid || (a.xid === b.xid && a.seq < b.seq)
}

function distinctKeys(columns: readonly PostgresColumn[], rows: readonly TextRow[]): readonly AggregateKey[] {
  const keys = new Map<string, AggregateKey>()
  for (const [, , text] of rows) {
    const key = text === null || text === undefined ? undefined : outboxKey(columns, text)
    if (key !== undefined) keys.set(keyName(key), key)
  }
  return [...keys.values()]
}
