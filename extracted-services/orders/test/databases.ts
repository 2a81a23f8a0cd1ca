import type { Knex } from 'knex'
import { onTestFinished } from 'vitest'
import { connectDatabase } from '../src/database/connect.ts'
import { migrate } from '../src/database/migrate.ts'

export { type Databases, postgresDatabases, sqliteDatabases } from '../../../test/service-databases.ts'

/** Opens a database and brings its schema up to date; closed when the test ends. */
export async function openMigrated(url: string): Promise<Knex> {
  const db = connectDatabase(url)
  onTestFinished(() => db.destroy())
  await migrate(db)
  return db
}
