import type { Knex } from 'knex'
import { assertServiceOwns, type Ownership } from '../domain/ownership.ts'
import { isSqlite } from './connect.ts'

/**
 * Runs a write in one transaction, after that same transaction has seen that the service owns users (law 3).
 * Throws `not-the-owner` when it does not; whatever else is thrown undoes all of it.
 */
export async function writing<Result>(
  db: Knex,
  ownership: Ownership<Knex>,
  work: (tx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  return await db.transaction(async (tx) => {
    await takeWriteLock(tx)
    assertServiceOwns(await ownership.now(tx))
    return await work(tx)
  })
}

// A SQLite transaction that read first and writes later fails at once when another process wrote in between.
async function takeWriteLock(tx: Knex.Transaction): Promise<void> {
  if (isSqlite(tx)) await tx('schema_migrations').where({ name: '' }).del()
}
