import { connectDatabase as connect } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/** Whose database it is, and which variable names it. */
export const ordersDatabase = { service: 'orders', variable: 'ORDERS_DATABASE_URL' } as const

/** Opens the database of orders, as it is. Throws `database-url-invalid` (exit 4). */
export function connectDatabase(url: string): Knex {
  return connect(url, ordersDatabase)
}
