import type { Knex } from 'knex'

/** A row to insert: column name to value. */
export type InsertRow = Readonly<Record<string, string | number | null>>

/** PostgreSQL takes 65 535 placeholders in a statement, SQLite 32 766. */
const maxPlaceholders = 9_000

/** Inserts rows that all have the columns of the first, many at a time. */
export async function insertRows(
  transaction: Knex.Transaction,
  table: string,
  rows: readonly InsertRow[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  if (columns.length === 0) return
  const perStatement = Math.floor(maxPlaceholders / columns.length)
  const tuple = `(${columns.map(() => '?').join(', ')})`
  for (let start = 0; start < rows.length; start += perStatement) {
    const some = rows.slice(start, start + perStatement)
    const values = some.map(() => tuple).join(', ')
    await transaction.raw(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values}`,
      some.flatMap((row) => columns.map((column) => row[column] ?? null)),
    )
  }
}
