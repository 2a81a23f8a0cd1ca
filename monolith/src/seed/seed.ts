import type { Knex } from 'knex'
import { dialectOf, listTablesSql } from '../database/dialect.ts'
import { execute, select, selectOne } from '../database/query.ts'
import { schemaStatements, schemaVersion } from '../database/schema.ts'
import { drawShop } from './draw-shop.ts'
import { insertRows } from './insert.ts'

/** What seeding did. */
export interface Seeded {
  readonly rows: number
  readonly tookMs: number
}

/**
 * Makes the schema in an empty database and fills it, in one transaction: the same rows every time.
 * Returns undefined when another process has seeded it meanwhile. `scale` 1 is 2 000 customers, 400 products, 10 000 orders.
 */
export async function seedDatabase(db: Knex, scale = 1): Promise<Seeded | undefined> {
  const started = performance.now()
  const rows = await db.transaction(async (transaction) => {
    // The first statement writes, so that of two processes that start together one waits here.
    await execute(transaction, 'CREATE TABLE IF NOT EXISTS shop_inf (k TEXT PRIMARY KEY, v TEXT NOT NULL)')
    if (await selectOne(transaction, "SELECT v FROM shop_inf WHERE k = 'schema'")) return undefined
    for (const statement of schemaStatements(dialectOf(transaction))) await execute(transaction, statement)
    return fill(transaction, scale)
  })
  return rows === undefined ? undefined : { rows, tookMs: Math.round(performance.now() - started) }
}

/** Drops everything in the shop's database, also what others have put beside it, so that it can be seeded anew. */
export async function emptyDatabase(db: Knex): Promise<void> {
  const dialect = dialectOf(db)
  await db.transaction(async (transaction) => {
    for (const { name } of await select<{ name: string }>(transaction, listTablesSql(dialect))) {
      await transaction.raw(`DROP TABLE ?? ${dialect === 'postgres' ? 'CASCADE' : ''}`, [name])
    }
  })
}

async function fill(transaction: Knex.Transaction, scale: number): Promise<number> {
  let count = 0
  for (const { table, rows } of drawShop(scale)) {
    await insertRows(transaction, table, rows)
    count += rows.length
  }
  if (dialectOf(transaction) === 'postgres') await countOn(transaction)
  await insertRows(transaction, 'shop_inf', [
    { k: 'schema', v: schemaVersion },
    { k: 'scale', v: String(scale) },
  ])
  return count
}

/** Rows came with their keys; PostgreSQL must be told to go on counting after them. */
async function countOn(transaction: Knex.Transaction): Promise<void> {
  const serials = await select<{ tab: string; col: string }>(
    transaction,
    `SELECT table_name AS tab, column_name AS col FROM information_schema.columns
     WHERE table_schema = current_schema() AND is_identity = 'YES'`,
  )
  for (const { tab, col } of serials) {
    await transaction.raw(
      'SELECT setval(pg_get_serial_sequence(?, ?), (SELECT COALESCE(MAX(??), 0) + 1 FROM ??), false)',
      [tab, col, col, tab],
    )
  }
}
