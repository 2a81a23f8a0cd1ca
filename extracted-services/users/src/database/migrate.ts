import { type Migration, migrate as run } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import { createUsers } from './migrations/001-create-users.ts'

/** The schema of users, step by step. */
export const migrations: readonly Migration[] = [createUsers]

/** Brings the schema of users up to date and returns the names of the steps that were due. */
export function migrate(db: Knex): Promise<readonly string[]> {
  return run(db, migrations)
}
