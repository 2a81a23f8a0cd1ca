import { exitCodes, Fault } from '../base/index.ts'
import type { AggregateTables } from './capability.ts'
import type { SyncDatabase } from './database.ts'

/** Throws `sync-schema-differs` with every database table and column that the manifest names and the database lacks. */
export async function checkSchema(database: SyncDatabase, tables: AggregateTables): Promise<void> {
  const children = Object.values(tables.children).map((child) => [child.table, [child.key, child.by]] as const)
  const missing: string[] = []
  for (const [table, columns] of [[tables.root, [tables.key]] as const, ...children]) {
    const present = await database.columnsOf(table)
    if (present === undefined) missing.push(`table ${table}`)
    else
      missing.push(
        ...columns.filter((column) => !present.includes(column)).map((column) => `column ${table}.${column}`),
      )
  }
  if (missing.length === 0) return
  throw new Fault('sync-schema-differs', `${database.label} lacks ${missing.join(', ')}`, {
    hint: 'is it the right database, and is it migrated? The tables are those of the capability manifest',
    exitCode: exitCodes.invalidConfig,
  })
}
