import { setTimeout as delay } from 'node:timers/promises'
import type { AggregateTables } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { ChangeFeed } from '../../ports/feed.ts'
import { buildCapture } from './capture.ts'
import type { SqliteConnection } from './connection.ts'
import { buildOutbox } from './outbox.ts'

const pollMs = 20

/** The change feed of an aggregate in an SQLite database: an outbox of root keys, filled by triggers. Positions are row numbers. */
export function buildSqliteFeed(connection: SqliteConnection, place: Place, tables: AggregateTables): ChangeFeed {
  const capture = buildCapture(place, tables)
  const outbox = buildOutbox({ table: capture.outbox, capability: place.capability, key: tables.key })
  return {
    install: async () => {
      const complete = await connection.read(capture.isComplete)
      if (!complete) await connection.write(capture.create)
    },
    remove: () => connection.write(capture.remove),
    identity: () => connection.read(capture.readIdentity),
    head: () => connection.read((handle) => String(outbox.head(handle))),
    hasPassed: (position, mark) => Number(position) >= Number(mark),
    reaches: (position) => connection.read((handle) => outbox.reaches(handle, Number(position))),
    read: (after, limit) => connection.read((handle) => outbox.read(handle, Number(after), limit)),
    tail: (after, limit) => connection.read((handle) => outbox.tail(handle, Number(after), limit)),
    pending: (after) => connection.read((handle) => outbox.pending(handle, Number(after))),
    beat: (now) => connection.write((handle) => outbox.beat(handle, now)),
    prune: (through) => connection.write((handle) => outbox.prune(handle, Number(through))),
    wait: buildWait(connection),
    close: async () => {}, // Nothing listens: `wait` polls on the connection that is the database's own.
  }
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
