import type { CoveredColumns } from '../anti-corruption/index.ts'
import { exitCodes, Fault } from '../base/index.ts'
import type { AggregateTables } from './capability.ts'
import { keyColumns } from './key.ts'
import type { SyncDatabase } from './ports/database.ts'

/** Throws `sync-schema-differs` with every database table and column that the manifest and its translator name and the database lacks. */
export async function checkSchema(
  database: SyncDatabase,
  tables: AggregateTables,
  covered?: CoveredColumns,
): Promise<void> {
  const missing: string[] = []
  for (const [table, columns] of neededColumns(tables, covered)) {
    const gone = missingIn(table, { present: await database.columnsOf(table), columns })
    if (gone !== undefined) missing.push(gone)
  }
  if (missing.length === 0) return
  throw new Fault('sync-schema-differs', `${database.label} lacks ${missing.join(' and ')}`, {
    hint: 'is it the right database, and is it migrated? The tables are those of the capability manifest',
    exitCode: exitCodes.invalidConfig,
  })
}

/** What a database table lacks of the columns that it needs; `present` undefined: there is no such table. Undefined: nothing. */
export function missingIn(
  table: string,
  { present, columns }: { readonly present: readonly string[] | undefined; readonly columns: readonly string[] },
): string | undefined {
  if (present === undefined) return `table ${table}`
  const absent = columns.filter((column) => !present.includes(column))
  if (absent.length === 0) return undefined
  return `${absent.length === 1 ? 'column' : 'columns'} ${absent.join(', ')} of ${table}`
}

/** The columns of each database table that an aggregate's keys and its translator name. */
export function neededColumns(
  tables: AggregateTables,
  covered: CoveredColumns | undefined,
): ReadonlyMap<string, readonly string[]> {
  const needed = new Map<string, readonly string[]>()
  const need = (table: string, columns: readonly string[]) =>
    needed.set(table, [...new Set([...(needed.get(table) ?? []), ...columns])])
  need(tables.root, [...keyColumns(tables.key), ...(covered?.root ?? [])])
  for (const [name, child] of Object.entries(tables.children)) {
    need(child.table, [...keyColumns(child.key), ...keyColumns(child.by), ...(covered?.children[name] ?? [])])
  }
  return needed
}
