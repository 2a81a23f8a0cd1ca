import type { AggregateTables, KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import { quoted } from './handle.ts'
import { keyExpression, keyPresent } from './key-text.ts'
import type { UniqueKey } from './schema.ts'
import { type Trigger, trigger } from './trigger.ts'

/** What the triggers of one database table need to know. */
export interface CapturedTable {
  readonly table: string
  /** The columns that hold the root's key. */
  readonly rootKey: KeyColumns
  readonly columns: readonly string[]
  readonly uniqueKeys: readonly UniqueKey[]
}

/** The database tables of an aggregate, each with the columns that name the root. */
export function capturedTables(
  tables: AggregateTables,
): readonly { readonly table: string; readonly rootKey: KeyColumns }[] {
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
  const { table, rootKey } = captured
  const log = (row: 'OLD' | 'NEW', when = keyPresent(rootKey, row)) =>
    `INSERT INTO ${quoted(outbox)} (key, origin) SELECT ${keyExpression(rootKey, row)}, (SELECT origin FROM banyan_origin) WHERE ${when};`
  const replaced = captured.uniqueKeys.map((unique) => logReplaced(outbox, captured, unique))
  const oldKey = log('OLD', `${keyPresent(rootKey, 'OLD')} AND (${changed(keyColumns(rootKey))})`)
  const bodies: readonly (readonly [string, readonly string[]])[] = [
    ['BEFORE INSERT', replaced.map(({ insert }) => insert)],
    ['BEFORE UPDATE', replaced.map(({ update }) => update)],
    ['AFTER INSERT', [log('NEW')]],
    ['AFTER UPDATE', [oldKey, log('NEW')]],
    ['AFTER DELETE', [log('OLD')]],
  ]
  return bodies.map(([event, body]) =>
    trigger(`${prefix}_${event.toLowerCase().replace(' ', '_')}`, { table, event, body }),
  )
}

/** The condition that an update changes one of these columns; also where a collation holds both values to be the same. */
export function changed(columns: readonly string[]): string {
  return columns.map((column) => `OLD.${quoted(column)} IS NOT NEW.${quoted(column)} COLLATE BINARY`).join(' OR ')
}

function logReplaced(outbox: string, captured: CapturedTable, unique: UniqueKey) {
  const values = (column: string) => `NEW.${quoted(column)}`
  const { rootKey } = captured
  const rows = `${keyPresent(rootKey)} AND ${sharing(unique, captured.columns, values)}`
  const insert = `INSERT INTO ${quoted(outbox)} (key, origin) SELECT ${keyExpression(rootKey)}, (SELECT origin FROM banyan_origin) FROM ${quoted(captured.table)} WHERE ${rows}`
  const moved = changed(captured.columns.filter((column) => mentions(unique, column)))
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
