import type { Knex } from 'knex'

/** What SQL runs on: the database, or a transaction of it. */
export type Queryable = Knex | Knex.Transaction

/** A value for a placeholder. */
export type Binding = string | number | null

/** The rows that a statement gives (also INSERT ... RETURNING); placeholders are `?` on both dialects. */
export async function select<Row>(
  db: Queryable,
  sql: string,
  bindings: readonly Binding[] = [],
): Promise<readonly Row[]> {
  const result = await db.raw(sql, [...bindings])
  return Array.isArray(result) ? result : result.rows
}

/** The first row that a statement gives, or undefined. */
export async function selectOne<Row>(
  db: Queryable,
  sql: string,
  bindings: readonly Binding[] = [],
): Promise<Row | undefined> {
  return (await select<Row>(db, sql, bindings))[0]
}

/** Runs a statement; returns how many rows it changed. */
export async function execute(db: Queryable, sql: string, bindings: readonly Binding[] = []): Promise<number> {
  const result = await db.raw(sql, [...bindings])
  return Number(result.changes ?? result.rowCount ?? 0)
}
