import { randomUUID } from 'node:crypto'
import { exitCodes, Fault } from '../../../../base/index.ts'
import type { AggregateKey } from '../../../capability.ts'
import { keyName } from '../../../key.ts'
import type { ChangeFeed, FeedBatch, FeedPosition, Pending } from '../../../ports/feed.ts'
import { capturedTables } from '../capture.ts'
import { busyFault } from '../fault.ts'
import type { FeedParts } from '../feed.ts'
import { feedName } from '../names.ts'
import { type OutboxPlace, placeOf, positionOf } from '../position.ts'
import type { PostgresSession } from '../session.ts'
import { type FeedEntry, messagePrefix } from './decode.ts'
import { currentSlot, installLogical, readLogicalIdentity, removeLogical } from './install.ts'
import { openReading, type Reading } from './reading.ts'
import { readCopy } from './slot-copy.ts'
import { lsnOf, lsnText } from './stream.ts'

const markMs = 5000
const currentLsn = 'pg_catalog.pg_current_wal_insert_lsn()'

/**
 * The change feed of an aggregate by logical replication: no triggers on the writers' way (but for TRUNCATE), no outbox. The slot keeps the log until `prune`,
 * which acknowledges; one process at a time can read it. A position is where a transaction committed, and the number of the change within.
 */
export function buildLogicalFeed({ connection, catalog, place, tables }: FeedParts): ChangeFeed {
  const feed = feedName(place)
  let reading: Promise<Reading> | undefined

  return {
    install: async () => {
      for (const { table } of capturedTables(tables)) await catalog.look(table)
      await installLogical(connection, place, await catalog.shapes(tables))
    },
    remove: async () => {
      await close()
      await removeLogical(connection, place, await catalog.shapes(tables))
    },
    identity: () => connection.read((session) => readLogicalIdentity(session, place)),
    head: async () => positionOf({ xid: await emit('head now'), seq: 0n }),
    hasPassed: (position, mark) => !isBefore(placeOf(position), placeOf(mark)),
    reaches: (position) => connection.read((session) => reaches(session, placeOf(position))),
    read,
    tail: async (after, limit) => {
      const keys = distinctKeys(await entriesBehind(placeOf(after)))
      if (keys.length <= limit) return keys
      throw new Fault('sync-tail-long', `more than ${limit} aggregates of ${feed} wait to be applied`, {
        hint: 'let the sync worker catch up first',
        exitCode: exitCodes.refused,
      })
    },
    pending: async (after) => toPending(await entriesBehind(placeOf(after))),
    beat: async (now) => {
      await emit(`beat ${now}`)
    },
    prune,
    wait: async (atMostMs, signal) => {
      if (signal?.aborted !== true) await (await stream()).more(atMostMs, signal)
    },
    close,
  }

  async function stream(after?: OutboxPlace): Promise<Reading> {
    const open = await reading?.catch(() => undefined)
    if (after !== undefined && open?.reaches(after) === false) await close()
    try {
      open?.assertAlive()
      if (open !== undefined && reading !== undefined) return open
    } catch (thrown) {
      await close()
      throw thrown
    }
    reading = openStreamOf()
    return await reading
  }

  async function openStreamOf(): Promise<Reading> {
    const slot = await connection.read((session) => currentSlot(session, place))
    const shapes = await catalog.shapes(tables)
    return await openReading({ connection, slot, feed, capability: place.capability, shapes })
  }

  async function close(): Promise<void> {
    const open = await reading?.catch(() => undefined)
    reading = undefined
    await open?.close()
  }

  /** Writes a message into the log, in a transaction of its own, and gives its place. */
  async function emit(content: string): Promise<bigint> {
    const sql = 'SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)'
    return await connection.write(async (session) => lsnOf((await session.row(sql, messagePrefix(feed), content))?.[0]))
  }

  async function read(after: FeedPosition, limit: number): Promise<FeedBatch> {
    const place = placeOf(after)
    const open = await stream(place)
    await catchUp(open, () => open.take(place, limit + 1).length > limit).catch(async (thrown: unknown) => {
      await close() // A server that shuts down waits for whoever still reads its log.
      throw thrown
    })
    const found = open.take(place, limit + 1)
    const taken = found.slice(0, limit)
    const last = taken.at(-1)
    const beats = taken.flatMap(({ beatAt }) => (beatAt === undefined ? [] : [beatAt]))
    return {
      keys: distinctKeys(taken),
      through: last === undefined ? after : positionOf({ xid: last.lsn, seq: BigInt(last.n) }),
      atHead: found.length <= limit,
      beatAt: beats.length === 0 ? undefined : Math.max(...beats),
    }
  }

  // Everything that was committed before this call has come when a message that is committed after it has.
  async function catchUp(open: Reading, isEnough: () => boolean): Promise<void> {
    if (isEnough()) return
    const [now] = (await connection.read((session) => session.row(`SELECT ${currentLsn}`))) ?? []
    if (lsnOf(now) <= open.through()) return
    const at = await emit(`mark ${randomUUID()}`)
    const deadline = performance.now() + markMs
    while (open.through() <= at && !isEnough()) {
      open.assertAlive()
      if (performance.now() > deadline)
        throw busyFault(`${connection.label}: the replication stream of ${feed} does not come on`)
      await open.more(20)
    }
  }

  async function reaches(session: PostgresSession, { xid }: OutboxPlace): Promise<boolean> {
    const sql = `SELECT confirmed_flush_lsn, ${currentLsn} FROM pg_catalog.pg_replication_slots WHERE slot_name = $1`
    const [confirmed, now] = (await session.row(sql, await currentSlot(session, place))) ?? []
    if (confirmed === undefined) return false
    return xid >= lsnOf(confirmed) && xid <= lsnOf(now)
  }

  /** What waits, as this process's stream knows it; a copy of the slot tells whoever has none. */
  async function entriesBehind(after: OutboxPlace): Promise<readonly FeedEntry[]> {
    const open = await reading?.catch(() => undefined)
    if (open !== undefined) {
      await catchUp(open, () => open.isFull())
      return open.behind(after)
    }
    const shapes = await catalog.shapes(tables)
    const entries = await readCopy(connection, { place, feed, shapes })
    return entries.filter(({ lsn, n }) => lsn > after.xid || (lsn === after.xid && BigInt(n) > after.seq))
  }

  async function prune(through: FeedPosition): Promise<void> {
    const open = await reading?.catch(() => undefined)
    const applied = placeOf(through)
    if (open !== undefined) return await open.settle(applied)
    await connection.write(async (session) => {
      const sql = `SELECT pg_catalog.pg_replication_slot_advance(slot_name, $2::pg_lsn) FROM pg_catalog.pg_replication_slots
        WHERE slot_name = $1 AND NOT active AND confirmed_flush_lsn < $2::pg_lsn`
      await session.run(sql, await currentSlot(session, place), lsnText(applied.xid))
    })
  }
}

function isBefore(a: OutboxPlace, b: OutboxPlace): boolean {
  return a.xid < b.xid || (a.xid === b.xid && a.seq < b.seq)
}

function distinctKeys(entries: readonly FeedEntry[]): readonly AggregateKey[] {
  const keys = new Map<string, AggregateKey>()
  for (const { key } of entries) if (key !== undefined) keys.set(keyName(key), key)
  return [...keys.values()]
}

function toPending(entries: readonly FeedEntry[]): Pending {
  const changes = entries.filter(({ key }) => key !== undefined)
  return { changes: changes.length, oldestAt: changes[0]?.at, pinnedBy: undefined }
}
