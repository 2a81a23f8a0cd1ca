import type { AggregateTables } from '../../capability.ts'
import { quoted } from './handle.ts'
import type { UniqueKey } from './schema.ts'

/** What the triggers of one database table need to know. */
export interface CapturedTable {
  readonly table: string
  /** The column that holds the root's key. */
  readonly rootKey: string
  readonly columns: readonly string[]
  readonly uniqueKeys: readonly UniqueKey[]
}

/** A trigger by name, and the statement that makes it. */
export interface Trigger {
  readonly name: string
  readonly sql: string
}

/** The database tables of an aggregate, each with the column that names the root. */
export function capturedTables(
  tables: AggregateTables,
): readonly { readonly table: string; readonly rootKey: string }[] {
  const children = Object.values(tables.children).map((child) => ({ table: child.table, rootKey: child.by }))
  return [{ table: tables.root, rootKey: tables.key }, ...children]
}

/**
 * The triggers that log the root's key of each changed row into `outbox`. An update logs the old and the new key when they differ.
 *
 * REPLACE (INSERT OR REPLACE, UPDATE OR REPLACE) deletes the rows in its way without firing their delete triggers
 * (unless the writer's connection has recursive_triggers on), so a BEFORE trigger logs the rows that share a unique key
 * (https://sqlite.org/lang_conflict.html).
 */
export function captureTriggers(prefix: string, outbox: string, captured: CapturedTable): readonly Trigger[] {
  const key = quoted(captured.rootKey)
  const log = (value: string, when = `${value} IS NOT NULL`) =>
    `INSERT INTO ${quoted(outbox)} (key, origin) SELECT ${value}, (SELECT origin FROM banyan_origin) WHERE ${when};`
  const replaced = captured.uniqueKeys.map((unique) => logReplaced(outbox, captured, unique))
  const oldKey = log(`OLD.${key}`, `OLD.${key} IS NOT NULL AND OLD.${key} IS NOT NEW.${key}`)
  const bodies: readonly (readonly [string, readonly string[]])[] = [
    ['BEFORE INSERT', replaced.map(({ insert }) => insert)],
    ['BEFORE UPDATE', replaced.map(({ update }) => update)],
    ['AFTER INSERT', [log(`NEW.${key}`)]],
    ['AFTER UPDATE', [oldKey, log(`NEW.${key}`)]],
    ['AFTER DELETE', [log(`OLD.${key}`)]],
  ]
  return bodies.map(([event, body]) => trigger(`${prefix}_${captured.table}`, event, { table: captured.table, body }))
}

function trigger(
  prefix: string,
  event: string,
  on: { readonly table: string; readonly body: readonly string[] },
): Trigger {
  const name = `${prefix}_${event.toLowerCase().replace(' ', '_')}`
  const body = on.body.length === 0 ? ['SELECT 1;'] : on.body
  return { name, sql: `CREATE TRIGGER ${quoted(name)} ${event} ON ${quoted(on.table)} BEGIN ${body.join(' ')} END` }
}

function logReplaced(outbox: string, captured: CapturedTable, unique: UniqueKey) {
  const values = (column: string) => `NEW.${quoted(column)}`
  const key = quoted(captured.rootKey)
  const rows = `${key} IS NOT NULL AND ${sharing(unique, captured.columns, values)}`
  const insert = `INSERT INTO ${quoted(outbox)} (key, origin) SELECT ${key}, (SELECT origin FROM banyan_origin) FROM ${quoted(captured.table)} WHERE ${rows}`
  const changed = captured.columns.filter((column) => mentions(unique, column))
  const moved = changed.map((column) => `OLD.${quoted(column)} IS NOT NEW.${quoted(column)}`).join(' OR ')
  return { insert: `${insert};`, update: `${insert} AND (${moved || '1'});` }
}

/** The condition that a row shares a unique key with the values that `valueFor` gives for its columns. */
export function sharing(unique: UniqueKey, columns: readonly string[], valueFor: (column: string) => string): string {
  const terms = unique.terms.map((term) => {
    const collate = term.collation === undefined ? '' : ` COLLATE ${quoted(term.collation)}`
    if (term.column !== undefined) return `${term.expression}${collate} = ${valueFor(term.column)}`
    const given = columns
      .filter((column) => mentions(unique, column))
      .map((column) => `${valueFor(column)} AS ${quoted(column)}`)
    return `${term.expression}${collate} = (SELECT ${term.expression} FROM (SELECT ${given.join(', ') || '1'}))`
  })
  return [...terms, ...(unique.where === undefined ? [] : [`(${unique.where})`])].join(' AND ')
}

/** Whether a unique key is over this column, alone or within an expression. */
export function mentions(unique: UniqueKey, column: string): boolean {
  return unique.terms.some(({ column: own, expression }) =>
    own === undefined ? expression.toLowerCase().includes(column.toLowerCase()) : own === column,
  )
}
