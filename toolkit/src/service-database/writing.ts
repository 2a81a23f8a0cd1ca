import type { Knex } from 'knex'
import { isSqlite } from './connect.ts'
import { fenceFault } from './fence.ts'
import { assertServiceOwns, type Ownership } from './ownership.ts'

/**
 * Runs a write in one transaction, after that same transaction has seen that the service owns the capability (law 3).
 * Throws `not-the-owner` or `owner-moving` when it does not, or when the fence says so; whatever is thrown undoes all of it.
 */
export async function writing<Result>(
  db: Knex,
  ownership: Ownership<Knex>,
  work: (tx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.transaction(async (tx) => {
      await takeWriteLock(tx)
      assertServiceOwns(ownership.capability, await ownership.now(tx))
      return await work(tx)
    })
  } catch (error) {
    throw fenceFault(error) ?? error
  }
}

// A SQLite transaction that read first and writes later fails at once when another process wrote in between.
async function takeWriteLock(tx: Knex.Transaction): Promise<void> {
  if (isSqlite(tx)) await tx('schema_migrations').where({ name: '' }).del()
}
