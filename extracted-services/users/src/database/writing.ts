import { Fault } from '@banyan/toolkit/base'
import type { Knex } from 'knex'
import { assertServiceOwns, type Ownership } from '../domain/ownership.ts'
import { isSqlite } from './connect.ts'
import { isDuplicateIn } from './trouble.ts'

/**
 * Runs a write in one transaction, after that same transaction has seen that the service owns users (law 3).
 * Throws `not-the-owner` when it does not, `email-taken` when a unique index refused; whatever is thrown undoes all of it.
 */
export async function writing<Result>(
  db: Knex,
  ownership: Ownership<Knex>,
  work: (tx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.transaction(async (tx) => {
      await takeWriteLock(tx)
      assertServiceOwns(await ownership.now(tx))
      return await work(tx)
    })
  } catch (error) {
    // Two who take one e-mail address at the same time: the unique index refuses the second.
    if (isDuplicateIn(error, 'users_email'))
      throw new Fault('email-taken', 'another user has this e-mail address', { cause: error })
    throw error
  }
}

// A SQLite transaction that read first and writes later fails at once when another process wrote in between.
async function takeWriteLock(tx: Knex.Transaction): Promise<void> {
  if (isSqlite(tx)) await tx('schema_migrations').where({ name: '' }).del()
}
