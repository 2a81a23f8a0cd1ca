import { type Migration, migrate as run } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import { createOrders } from './migrations/001-create-orders.ts'

/** The schema of orders, step by step. */
export const migrations: readonly Migration[] = [createOrders]

/** Brings the schema of orders up to date and returns the names of the steps that were due. */
export function migrate(db: Knex): Promise<readonly string[]> {
  return run(db, migrations)
}
