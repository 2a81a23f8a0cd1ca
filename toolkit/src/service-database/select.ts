import type { Knex } from 'knex'

/** A value for a `?` of a statement. */
export type Binding = string | number | null

/** The rows that a statement gives, on both dialects. Plain SQL: on the hot path the query builder costs as much as the query. */
export async function select<Row>(db: Knex, sql: string, bindings: readonly Binding[] = []): Promise<readonly Row[]> {
  const result = await db.raw(sql, [...bindings])
  return Array.isArray(result) ? result : result.rows
}
