import { connectDatabase as connect } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/** The variable that names the database of orders. */
export const databaseVariable = 'ORDERS_DATABASE_URL'

/** Opens the database of orders, as it is. Throws `database-url-invalid` (exit 4). */
export function connectDatabase(url: string): Knex {
  return connect(url, databaseVariable)
}
