import type { Knex } from 'knex'
import { isSqlite } from './connect.ts'

/** One step of the schema, run once, in a transaction of its own with all the others that are due. */
export interface Migration {
  readonly name: string
  up(tx: Knex.Transaction): Promise<void>
}

/** Any number that nobody else uses for a lock in this database. */
const migrationLock = 7_267_101

const createMigrations =
  'create table if not exists schema_migrations (name text primary key, applied_at text not null)'

/**
 * Brings the schema up to date and returns the names of the steps that were due. All of them are applied or none;
 * processes that start together wait for each other.
 */
export async function migrate(db: Knex, steps: readonly Migration[]): Promise<readonly string[]> {
  // Before the transaction, for on SQLite one that has read before it writes cannot wait for another writer.
  if (isSqlite(db)) await db.raw(createMigrations)
  return await db.transaction(async (tx) => {
    await waitForTurn(tx)
    const done = new Set(await tx('schema_migrations').pluck<string[]>('name'))
    const due = steps.filter((step) => !done.has(step.name))
    for (const step of due) {
      await step.up(tx)
      await tx('schema_migrations').insert({ name: step.name, applied_at: new Date().toISOString() })
    }
    return due.map((step) => step.name)
  })
}

async function waitForTurn(tx: Knex.Transaction): Promise<void> {
  // SQLite takes its one write lock at the first statement that writes, if none has read before.
  if (isSqlite(tx)) return void (await tx('schema_migrations').where({ name: '' }).del())
  await tx.raw('select pg_advisory_xact_lock(?)', [migrationLock])
  await tx.raw(createMigrations)
}
