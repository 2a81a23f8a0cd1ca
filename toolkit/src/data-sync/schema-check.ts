import type { CoveredColumns } from '../anti-corruption/index.ts'
import { exitCodes, Fault } from '../base/index.ts'
import type { AggregateTables } from './capability.ts'
import type { SyncDatabase } from './ports/database.ts'

/** Throws `sync-schema-differs` with every database table and column that the manifest and its translator name and the database lacks. */
export async function checkSchema(
  database: SyncDatabase,
  tables: AggregateTables,
  covered?: CoveredColumns,
): Promise<void> {
  const missing: string[] = []
  for (const [table, columns] of neededColumns(tables, covered)) {
    const present = await database.columnsOf(table)
    const absent = columns.filter((column) => present?.includes(column) === false)
    if (present === undefined) missing.push(`table ${table}`)
    else if (absent.length > 0)
      missing.push(`${absent.length === 1 ? 'column' : 'columns'} ${absent.join(', ')} of ${table}`)
  }
  if (missing.length === 0) return
  throw new Fault('sync-schema-differs', `${database.label} lacks ${missing.join(' and ')}`, {
    hint: 'is it the right database, and is it migrated? The tables are those of the capability manifest',
    exitCode: exitCodes.invalidConfig,
  })
}

function neededColumns(
  tables: AggregateTables,
  covered: CoveredColumns | undefined,
): readonly (readonly [string, readonly string[]])[] {
  const children = Object.entries(tables.children).map(
    ([name, child]) => [child.table, [child.key, child.by, ...(covered?.children[name] ?? [])]] as const,
  )
  return [[tables.root, [tables.key, ...(covered?.root ?? [])]], ...children].map(([table, columns]) => [
    String(table),
    [...new Set(columns)],
  ])
}
