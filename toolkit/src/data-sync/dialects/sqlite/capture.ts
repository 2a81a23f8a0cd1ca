import { randomUUID } from 'node:crypto'
import { exitCodes, Fault } from '../../../base/index.ts'
import type { AggregateTables } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import type { Place } from '../../ports/database.ts'
import { capturedTables, captureTriggers } from './capture-triggers.ts'
import { literal, quoted, type SqliteHandle } from './handle.ts'
import { createOrigin, dropUnusedOrigin } from './origin.ts'
import { hasTable, readColumns, readUniqueKeys } from './schema.ts'
import { dropTriggers, readTriggers, sameTriggers, type Trigger } from './trigger.ts'

/** The outbox of an aggregate with the triggers that fill it: to be called within a transaction. */
export interface Capture {
  /** The outbox's database table. */
  readonly outbox: string
  isComplete(handle: SqliteHandle): boolean
  create(handle: SqliteHandle): void
  remove(handle: SqliteHandle): void
  readIdentity(handle: SqliteHandle): string | undefined
}

/** Describes what captures the changes of an aggregate. Names start with `banyan_<capability>_<arm>_`. */
export function buildCapture(place: Place, tables: AggregateTables): Capture {
  const feed = `${place.capability}_${place.arm}`
  const prefix = `banyan_${feed}_`
  const outbox = `${prefix}outbox`

  return { outbox, isComplete, create, remove, readIdentity }

  function wanted(handle: SqliteHandle): readonly Trigger[] {
    return capturedTables(tables).flatMap(({ table, rootKey }, place, all) => {
      const columns = readColumns(handle, table)
      if (typeof rootKey !== 'string') assertComposite(table, columns, rootKey)
      const earlier = all.slice(0, place).filter((other) => other.table === table).length
      return captureTriggers(`${prefix}${table}${earlier === 0 ? '' : `_${earlier + 1}`}`, outbox, {
        table,
        rootKey,
        columns,
        uniqueKeys: readUniqueKeys(handle, table),
      })
    })
  }

  function isComplete(handle: SqliteHandle): boolean {
    return readIdentity(handle) !== undefined && sameTriggers(readTriggers(handle, prefix), wanted(handle))
  }

  function create(handle: SqliteHandle): void {
    if (isComplete(handle)) return
    dropTriggers(handle, prefix)
    createOrigin(handle)
    handle.exec(`
      CREATE TABLE IF NOT EXISTS banyan_feed (feed TEXT PRIMARY KEY, identity TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS ${quoted(outbox)} (seq INTEGER PRIMARY KEY, key NOT NULL, origin TEXT, at REAL NOT NULL DEFAULT (julianday('now')));
    `)
    for (const { sql } of wanted(handle)) handle.exec(sql)
    // A trigger that was not there may have missed changes: this is another feed now.
    handle.run('INSERT OR REPLACE INTO banyan_feed (feed, identity) VALUES (?, ?)', feed, randomUUID())
  }

  function remove(handle: SqliteHandle): void {
    dropTriggers(handle, prefix)
    handle.exec(`DROP TABLE IF EXISTS ${quoted(outbox)}`)
    if (hasTable(handle, 'banyan_feed')) {
      handle.exec(`DELETE FROM banyan_feed WHERE feed = ${literal(feed)}`)
      if (handle.row('SELECT 1 FROM banyan_feed LIMIT 1') === undefined) handle.exec('DROP TABLE banyan_feed')
    }
    dropUnusedOrigin(handle)
  }

  function readIdentity(handle: SqliteHandle): string | undefined {
    if (!hasTable(handle, 'banyan_feed') || !hasTable(handle, outbox)) return undefined
    const identity = handle.row('SELECT identity FROM banyan_feed WHERE feed = ?', feed)?.[0]
    return typeof identity === 'string' ? identity : undefined
  }
}

// json_array refuses blobs: the trigger would make the application's own writes fail.
function assertComposite(
  table: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  key: readonly string[],
): void {
  const blob = columns.find(({ name, type }) => keyColumns(key).includes(name) && /^blob$/i.test(type))
  if (blob === undefined) return
  throw new Fault('sync-key-unsupported', `the key column ${table}.${blob.name} holds blobs`, {
    hint: 'name key columns of the aggregate that hold integers or texts',
    exitCode: exitCodes.invalidConfig,
  })
}
