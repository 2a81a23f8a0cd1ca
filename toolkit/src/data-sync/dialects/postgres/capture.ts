import type { AggregateTables, KeyColumns } from '../../capability.ts'
import type { Place } from '../../ports/database.ts'
import type { AggregateShapes } from './catalog.ts'
import { keyExpression, keyShape } from './key-text.ts'
import { feedName, literal, own, ownName } from './names.ts'
import type { TableShape } from './schema.ts'
import type { Trigger } from './triggers.ts'

/** The outbox of a feed. */
export function outboxName(place: Place): string {
  return ownName(feedName(place), 'outbox')
}

/** The channel on which the triggers of a feed notify. */
export function channelOf(place: Place): string {
  return ownName(feedName(place))
}

/** The database tables of an aggregate by name, each with the columns that name the root. */
export function capturedTables(
  tables: AggregateTables,
): readonly { readonly table: string; readonly by: KeyColumns }[] {
  return [
    { table: tables.root, by: tables.key },
    ...Object.values(tables.children).map(({ table, by }) => ({ table, by })),
  ]
}

/** The sync's own writes do not fire its triggers. */
export function notOwn(place: Place): string {
  return `pg_catalog.current_setting('banyan.origin', true) IS DISTINCT FROM ${literal(place.capability)}`
}

/**
 * The triggers that log the root's key of each changed row into the outbox: once per statement over its transition tables, and
 * row by row where rows come through partitions, which no statement trigger sees. An update logs the old and the new key.
 */
export function captureTriggers(place: Place, shapes: AggregateShapes): readonly Trigger[] {
  const byTable = new Map<string, Captured>()
  const add = (shape: TableShape, by: KeyColumns) =>
    byTable.set(shape.table, { shape, memberships: [...(byTable.get(shape.table)?.memberships ?? []), by] })
  add(shapes.root, shapes.tables.key)
  for (const { shape, by } of shapes.children) add(shape, by)
  return [...byTable.values()].flatMap((table) => [
    ...(table.shape.divided ? rowTriggers(place, table) : statementTriggers(place, table)),
    truncateTrigger(place, table),
  ])
}

interface Captured {
  readonly shape: TableShape
  /** The columns that name a root; several when the table holds two kinds of children. */
  readonly memberships: readonly KeyColumns[]
}

function statementTriggers(place: Place, captured: Captured): readonly Trigger[] {
  const olds = keysOf(captured, 'o', 'FROM old_rows AS o')
  const news = keysOf(captured, 'n', 'FROM new_rows AS n')
  const events = [
    { event: 'INSERT', tables: 'NEW TABLE AS new_rows', keys: news },
    { event: 'UPDATE', tables: 'OLD TABLE AS old_rows NEW TABLE AS new_rows', keys: `${olds} UNION ${news}` },
    { event: 'DELETE', tables: 'OLD TABLE AS old_rows', keys: olds },
  ]
  return events.map(({ event, tables, keys }) => ({
    ...base(place, captured, event),
    event: `AFTER ${event}`,
    scope: `REFERENCING ${tables} FOR EACH STATEMENT`,
    body: `${logging(place, keys)} RETURN NULL;`,
  }))
}

function rowTriggers(place: Place, captured: Captured): readonly Trigger[] {
  const [olds, news] = [keysOf(captured, 'OLD'), keysOf(captured, 'NEW')]
  const events = [
    { event: 'INSERT', keys: news },
    { event: 'UPDATE', keys: `${olds} UNION ${news}` },
    { event: 'DELETE', keys: olds },
  ]
  return events.map(({ event, keys }) => ({
    ...base(place, captured, event),
    event: `AFTER ${event}`,
    scope: 'FOR EACH ROW',
    body: `${logging(place, keys)} RETURN NULL;`,
  }))
}

// Logs every root that has rows here: TRUNCATE holds the table alone, so nothing can be added meanwhile. A transaction with an older
// snapshot does not see what it empties: then the feed gets another identity, for what was missed is unknown.
function truncateTrigger(place: Place, captured: Captured): Trigger {
  const keys = keysOf(captured, 't', `FROM ${captured.shape.sql} AS t`)
  const renew = `UPDATE ${own('banyan_feed')} SET identity = pg_catalog.gen_random_uuid() WHERE feed = ${literal(feedName(place))};`
  return {
    ...base(place, captured, 'TRUNCATE'),
    event: 'BEFORE TRUNCATE',
    scope: 'FOR EACH STATEMENT',
    body: `${logging(place, keys)} IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN ${renew} END IF; RETURN NULL;`,
  }
}

function base(place: Place, { shape, memberships }: Captured, event: string) {
  const settings = memberships.flatMap((by) => keyShape(shape, by)).some(({ category }) => category === 'D')
    ? `SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC'`
    : ''
  return {
    name: ownName(feedName(place), shape.table, event.toLowerCase()),
    table: shape.table,
    when: notOwn(place),
    settings,
  }
}

function keysOf({ shape, memberships }: Captured, alias: string, from = ''): string {
  return memberships.map((by) => `SELECT ${keyExpression(keyShape(shape, by), alias)} AS k ${from}`).join(' UNION ')
}

// A notification makes commits wait for each other, so it is sent only while somebody is idle and listens.
function logging(place: Place, keys: string): string {
  const feed = literal(feedName(place))
  return `INSERT INTO ${own(outboxName(place))} (key) SELECT DISTINCT c.k FROM (${keys}) AS c WHERE c.k IS NOT NULL;
    IF FOUND AND (SELECT f.listening FROM ${own('banyan_feed')} AS f WHERE f.feed = ${feed}) THEN
      PERFORM pg_catalog.pg_notify(${literal(channelOf(place))}, '');
    END IF;`
}
