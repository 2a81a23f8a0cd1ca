import type { AggregateTables, KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import { quoted } from './handle.ts'
import { keyExpression, keyPresent } from './key-text.ts'
import type { SqliteColumn, UniqueKey } from './schema.ts'
import { ofColumns, type Trigger, type TriggerParts, trigger } from './trigger.ts'

/** What the triggers of one database table need to know. */
export interface CapturedTable {
  readonly table: string
  /** The columns that hold the root's key. */
  readonly rootKey: KeyColumns
  readonly columns: readonly SqliteColumn[]
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
  const { table, rootKey, columns, uniqueKeys } = captured
  const log = (row: 'OLD' | 'NEW') =>
    `INSERT INTO ${quoted(outbox)} (key, origin) VALUES (${keyExpression(rootKey, row)}, (SELECT origin FROM banyan_origin));`
  const key = keyColumns(rootKey)
  const unique = columns.filter(({ name }) => uniqueKeys.some((each) => mentions(each, name))).map(({ name }) => name)
  const replaced = uniqueKeys.map((each) => logReplaced(outbox, captured, each))
  const [oldPresent, newPresent] = [keyPresent(rootKey, 'OLD'), keyPresent(rootKey, 'NEW')]
  const moved = `${oldPresent} AND (${changed(key)})`
  const triggers: Readonly<Record<string, Omit<TriggerParts, 'table'>>> = {
    before_insert: { event: 'BEFORE INSERT', body: replaced },
    before_update: { event: `BEFORE UPDATE${ofColumns(unique, columns)}`, when: changed(unique), body: replaced },
    after_insert: { event: 'AFTER INSERT', when: newPresent, body: [log('NEW')] },
    after_update: { event: 'AFTER UPDATE', when: newPresent, body: [log('NEW')] },
    after_update_key: { event: `AFTER UPDATE${ofColumns(key, columns)}`, when: moved, body: [log('OLD')] },
    after_delete: { event: 'AFTER DELETE', when: oldPresent, body: [log('OLD')] },
  }
  return Object.entries(triggers)
    .filter(([, { body }]) => body.length > 0)
    .map(([name, parts]) => trigger(`${prefix}_${name}`, { table, ...parts }))
}

/** The condition that an update changes one of these columns; also where a collation holds both values to be the same. */
export function changed(columns: readonly string[]): string {
  return columns.map((column) => `OLD.${quoted(column)} IS NOT NEW.${quoted(column)} COLLATE BINARY`).join(' OR ')
}

function logReplaced(outbox: string, { table, rootKey, columns }: CapturedTable, unique: UniqueKey): string {
  const names = columns.map(({ name }) => name)
  const rows = `${keyPresent(rootKey)} AND ${sharing(unique, names, (column) => `NEW.${quoted(column)}`)}`
  return `INSERT INTO ${quoted(outbox)} (key, origin) SELECT ${keyExpression(rootKey)}, (SELECT origin FROM banyan_origin) FROM ${quoted(table)} WHERE ${rows};`
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
