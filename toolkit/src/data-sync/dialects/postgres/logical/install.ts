import { randomUUID } from 'node:crypto'
import { exitCodes, Fault } from '../../../../base/index.ts'
import { keyColumns } from '../../../key.ts'
import type { Place } from '../../../ports/database.ts'
import { changeSchema } from '../brief-locks.ts'
import { notOwn } from '../capture.ts'
import type { AggregateShapes } from '../catalog.ts'
import type { PostgresConnection } from '../connection.ts'
import { keyExpression, keyShape } from '../key-text.ts'
import { feedName, literal, lockKey, own, ownName, quoted } from '../names.ts'
import type { PostgresSession } from '../session.ts'
import { hasTable } from '../state.ts'
import { areInstalled, dropTriggers, installTriggers, type Trigger } from '../triggers.ts'
import { messagePrefix } from './decode.ts'

/** The name of a feed's publication and of its slot, which belongs to this database alone. */
export function slotName(place: Place, database: string): string {
  return ownName(feedName(place), database)
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
}

const feeds = own('banyan_feed')

/** Creates publication and slot, or renews them when they are not as they should be; the old rows of children are logged whole. */
export async function installLogical(
  connection: PostgresConnection,
  place: Place,
  shapes: AggregateShapes,
): Promise<void> {
  await assertLogicalLevel(connection)
  const feed = feedName(place)
  const owner = `truncate ${feed}`
  const triggers = truncateTriggers(place, shapes)
  const isComplete = async (session: PostgresSession) =>
    (await readLogicalIdentity(session, place)) !== undefined &&
    (await areInstalled(session, owner, triggers)) &&
    (await publishes(session, place, shapes))
  if (await connection.read(isComplete)) return
  const slot = await changeSchema(connection, `installing the change feed of ${feed}`, async (session) => {
    await session.exec(`SELECT pg_catalog.pg_advisory_xact_lock(${lockKey('install')})`)
    const name = await currentSlot(session, place)
    await dropSlot(session, name)
    await session.exec(`CREATE TABLE IF NOT EXISTS ${feeds} (
      feed text PRIMARY KEY, identity text NOT NULL, listening boolean NOT NULL DEFAULT false,
      pruned_xid xid8 NOT NULL DEFAULT '0', pruned_seq bigint NOT NULL DEFAULT 0)`)
    await installTriggers(session, owner, triggers)
    const tables = [...new Set([shapes.root.sql, ...shapes.children.map(({ shape }) => shape.sql)])]
    for (const sql of await needingOldRows(session, shapes))
      await session.exec(`ALTER TABLE ${sql} REPLICA IDENTITY FULL`)
    await session.exec(`DROP PUBLICATION IF EXISTS ${quoted(name)};
      CREATE PUBLICATION ${quoted(name)} FOR TABLE ${tables.join(', ')} WITH (publish = 'insert, update, delete', publish_via_partition_root)`)
    await session.run(`DELETE FROM ${feeds} WHERE feed = $1`, feed)
    return name
  })
  // Waits until every transaction that is open now has ended: what it wrote is in no feed, but in what is loaded later.
  await connection.write((session) =>
    session.run(`SELECT pg_catalog.pg_create_logical_replication_slot($1, 'pgoutput')`, slot),
  )
  await connection.write((session) =>
    session.run(`INSERT INTO ${feeds} (feed, identity) VALUES ($1, $2)`, feed, randomUUID()),
  )
}

/** Takes away slot, publication and whatever else `installLogical` made. */
export async function removeLogical(
  connection: PostgresConnection,
  place: Place,
  shapes: AggregateShapes,
): Promise<void> {
  const feed = feedName(place)
  await changeSchema(connection, `removing the change feed of ${feed}`, async (session) => {
    const name = await currentSlot(session, place)
    await dropSlot(session, name)
    const had = await session.row('SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = $1', name)
    if (had !== undefined) {
      for (const sql of await needingOldRows(session, shapes))
        await session.exec(`ALTER TABLE ${sql} REPLICA IDENTITY DEFAULT`)
      await session.exec(`DROP PUBLICATION ${quoted(name)}`)
    }
    await dropTriggers(session, `truncate ${feed}`)
    if (!(await hasTable(session, 'banyan_feed'))) return
    await session.exec(`DELETE FROM ${feeds} WHERE feed = ${literal(feed)}`)
    if ((await session.row(`SELECT 1 FROM ${feeds} LIMIT 1`)) === undefined) await session.exec(`DROP TABLE ${feeds}`)
  })
}

/** The identity of the feed; undefined where the slot is not there, or has lost what it should have kept. */
export async function readLogicalIdentity(session: PostgresSession, place: Place): Promise<string | undefined> {
  if (!(await hasTable(session, 'banyan_feed'))) return undefined
  const slot = await session.row(
    `SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = $1 AND wal_status IS DISTINCT FROM 'lost'`,
    await currentSlot(session, place),
  )
  if (slot === undefined) return undefined
  return (await session.row(`SELECT identity FROM ${feeds} WHERE feed = $1`, feedName(place)))?.[0] ?? undefined
}

/** The slot of a feed in this database. */
export async function currentSlot(session: PostgresSession, place: Place): Promise<string> {
  return slotName(place, String((await session.row('SELECT pg_catalog.current_database()'))?.[0]))
}

async function dropSlot(session: PostgresSession, name: string): Promise<void> {
  await session.run(
    'SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1',
    name,
  )
}

async function assertLogicalLevel(connection: PostgresConnection): Promise<void> {
  const [level] = (await connection.read((session) => session.row('SHOW wal_level'))) ?? []
  if (level === 'logical') return
  throw new Fault(
    'sync-wal-level',
    `${connection.label} has wal_level = ${level}; logical replication needs wal_level = logical`,
    {
      hint: `set it in postgresql.conf and restart the server, or leave capture: 'logical' out: triggers need no such thing`,
      exitCode: exitCodes.invalidConfig,
    },
  )
}

async function publishes(session: PostgresSession, place: Place, shapes: AggregateShapes): Promise<boolean> {
  const sql = `SELECT pg_catalog.format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_publication_tables WHERE pubname = $1`
  const present = new Set(
    (await session.rows(sql, await currentSlot(session, place))).map(([name]) => unquotedName(name)),
  )
  const wanted = [shapes.root.sql, ...shapes.children.map(({ shape }) => shape.sql)].map(unquotedName)
  return wanted.every((name) => present.has(name)) && (await notFull(session, shapes)).length === 0
}

function unquotedName(name: string | null | undefined): string {
  return (name ?? '').replaceAll('"', '')
}

const identitySql = `
  SELECT c.relreplident, (SELECT pg_catalog.array_to_json(pg_catalog.array_agg(a.attname)) FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`

// By default the log holds the primary key of an old row; where that does not name the root, the whole row is wanted.
async function needingOldRows(session: PostgresSession, shapes: AggregateShapes): Promise<readonly string[]> {
  const needing: string[] = []
  const memberships = [
    { shape: shapes.root, by: shapes.tables.key },
    ...shapes.children.map(({ shape, by }) => ({ shape, by })),
  ]
  for (const { shape, by } of memberships) {
    const [, primary] = (await session.row(identitySql, shape.sql)) ?? []
    const names: unknown = JSON.parse(primary ?? '[]')
    const isNamed = Array.isArray(names) && keyColumns(by).every((column) => names.includes(column))
    if (!isNamed) needing.push(shape.sql)
  }
  return needing
}

async function notFull(session: PostgresSession, shapes: AggregateShapes): Promise<readonly string[]> {
  const missing: string[] = []
  for (const sql of await needingOldRows(session, shapes)) {
    const [identity] = (await session.row(identitySql, sql)) ?? []
    if (identity !== 'f') missing.push(sql)
  }
  return missing
}

// The log says of a TRUNCATE only that it was; which roots it emptied a trigger writes into the log.
function truncateTriggers(place: Place, shapes: AggregateShapes): readonly Trigger[] {
  const feed = feedName(place)
  const all = [
    { shape: shapes.root, by: shapes.tables.key },
    ...shapes.children.map(({ shape, by }) => ({ shape, by })),
  ]
  return all.map(({ shape, by }, number) => ({
    name: ownName(feed, shape.table, 'truncated', String(number)),
    table: shape.table,
    event: 'BEFORE TRUNCATE',
    scope: 'FOR EACH STATEMENT',
    when: notOwn(place),
    body: `PERFORM pg_catalog.pg_logical_emit_message(true, ${literal(messagePrefix(feed))}, 'gone ' || c.k)
      FROM (SELECT DISTINCT ${keyExpression(keyShape(shape, by), 't')} AS k FROM ${shape.sql} AS t) AS c WHERE c.k IS NOT NULL; RETURN NULL;`,
  }))
}
