import { connectDatabase as connect } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/** The variable that names the database of users. */
export const databaseVariable = 'USERS_DATABASE_URL'

/** Opens the database of users, as it is. Throws `database-url-invalid` (exit 4). */
export function connectDatabase(url: string): Knex {
  return connect(url, databaseVariable)
}
