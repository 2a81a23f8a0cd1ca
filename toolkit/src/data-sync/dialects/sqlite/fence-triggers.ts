import type { CoveredColumns } from '../../../anti-corruption/index.ts'
import type { AggregateTables, KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import type { Place } from '../../ports/database.ts'
import type { FenceMode } from '../../ports/owner.ts'
import { changed } from './capture-triggers.ts'
import { literal } from './handle.ts'
import { keyPresent } from './key-text.ts'
import { logWriter } from './observed.ts'
import { replacing } from './replacing.ts'
import type { SqliteColumn, UniqueKey } from './schema.ts'
import { ofColumns, type Trigger, trigger } from './trigger.ts'

/** A database table with what of it a capability owns. */
export interface FencedTable {
  readonly table: string
  readonly columns: readonly string[]
  /** All columns of the database table, as they are now. */
  readonly present: readonly SqliteColumn[]
  readonly uniqueKeys: readonly UniqueKey[]
  /** The columns that put a row into an aggregate; several when the table holds two kinds of children. */
  readonly memberships: readonly KeyColumns[]
}

/** The schema of the database as it is now. */
export interface FencedSchema {
  columnsOf(table: string): readonly SqliteColumn[]
  uniqueKeysOf(table: string): readonly UniqueKey[]
}

/**
 * The database tables that a fence guards, each once. Keys are always owned; of the others those that the translator covers,
 * or all of them where it does not say.
 */
export function fencedTables(
  tables: AggregateTables,
  owned: CoveredColumns | undefined,
  schema: FencedSchema,
): readonly FencedTable[] {
  const { columnsOf, uniqueKeysOf } = schema
  const allOf = (table: string) => columnsOf(table).flatMap(({ name, generated }) => (generated ? [] : [name]))
  const byTable = new Map<string, FencedTable>()
  const add = (table: string, membership: KeyColumns, columns: readonly string[]) => {
    const earlier = byTable.get(table)
    byTable.set(table, {
      table,
      present: columnsOf(table),
      uniqueKeys: uniqueKeysOf(table),
      columns: [...new Set([...(earlier?.columns ?? []), ...columns])],
      memberships: [...(earlier?.memberships ?? []), membership],
    })
  }
  add(tables.root, tables.key, [...keyColumns(tables.key), ...(owned?.root ?? allOf(tables.root))])
  for (const [name, child] of Object.entries(tables.children)) {
    const covered = owned === undefined ? allOf(child.table) : (owned.children[name] ?? [])
    add(child.table, child.by, [...keyColumns(child.key), ...keyColumns(child.by), ...covered])
  }
  return [...byTable.values()]
}

/**
 * The triggers of a fence in this mode, for one database table.
 *
 * They come AFTER, for an INSERT ... ON CONFLICT DO UPDATE or INSERT OR IGNORE that inserts nothing fires BEFORE INSERT triggers all the same; what was
 * written is taken back by the ABORT, also the rows that a REPLACE removed without firing a trigger of theirs. The text of a RAISE
 * stands fixed, for SQLite before 3.47 knows no other (https://sqlite.org/lang_createtrigger.html), so it cannot say the epoch.
 * A REPLACE by a write that itself touches nothing owned is seen only BEFORE.
 */
export function fenceTriggers(
  prefix: string,
  place: Place,
  fence: FencedTable & { readonly mode: FenceMode },
): readonly Trigger[] {
  const { table, columns, mode } = fence
  if (mode === 'off') return []
  const member = (row: 'OLD' | 'NEW') => fence.memberships.map((key) => `(${keyPresent(key, row)})`).join(' OR ')
  const bodies = mode === 'enforce' ? refusals(place, fence) : logs(place, fence)
  const made = (operation: string, event: string, when: string, body: string) =>
    trigger(`${prefix}${table}_${operation}`, { table, event, when, body: [body] })
  const touched = `(${changed(columns)}) AND (${member('OLD')} OR ${member('NEW')})`
  return [
    made('insert', 'AFTER INSERT', member('NEW'), bodies.insert),
    made('update', `AFTER UPDATE${ofColumns(columns, fence.present)}`, touched, bodies.update),
    made('delete', 'AFTER DELETE', member('OLD'), bodies.delete),
    ...replacing(fence, member('NEW')).map(({ name, event, when }) => made(name, event, when, bodies.replace)),
  ]
}

interface Bodies {
  readonly insert: string
  readonly update: string
  readonly delete: string
  readonly replace: string
}

function refusals(place: Place, { table, columns }: FencedTable): Bodies {
  const { capability, arm } = place
  const other = arm === 'legacy' ? 'service' : 'legacy'
  const remedy = `write through the edge, or move it ${arm === 'legacy' ? 'back' : 'first'}: banyan cutover ${capability} --to ${arm}`
  const refuse = (what: string) =>
    `RAISE(ABORT, ${literal(`banyan: ${capability} is owned by ${other}, so this database may not ${what}; ${remedy}`)})`
  const moving = `RAISE(ABORT, ${literal(`banyan: ${capability} is moving between its owners right now, so this database may not change ${table}; try again in a second`)})`
  const unless = (otherwise: string) => `SELECT CASE WHEN owner = 'moving' THEN ${moving} ${otherwise} END
    FROM banyan_owner WHERE capability = ${literal(capability)} AND owner <> ${literal(arm)} AND (SELECT origin FROM banyan_origin) IS NOT ${literal(capability)};`
  const byColumn = columns.map((column) => `WHEN ${changed([column])} THEN ${refuse(`change ${table}.${column}`)}`)
  return {
    insert: unless(`ELSE ${refuse(`insert into ${table}`)}`),
    update: unless(byColumn.join(' ')),
    delete: unless(`ELSE ${refuse(`delete from ${table}`)}`),
    replace: unless(`ELSE ${refuse(`replace a row of ${table}`)}`),
  }
}

function logs({ capability }: Place, { table, columns }: FencedTable): Bodies {
  const all = literal(JSON.stringify(columns))
  const names = columns.map(
    (column) => `CASE WHEN ${changed([column])} THEN ${literal(`,${JSON.stringify(column)}`)} ELSE '' END`,
  )
  return {
    insert: logWriter({ capability, table, operation: 'insert', columns: all }),
    update: logWriter({
      capability,
      table,
      operation: 'update',
      columns: `('[' || substr(${names.join(' || ')}, 2) || ']')`,
    }),
    delete: logWriter({ capability, table, operation: 'delete', columns: all }),
    replace: logWriter({ capability, table, operation: 'delete', columns: all }),
  }
}
