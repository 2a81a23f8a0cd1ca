import { Fault } from '@banyan/toolkit/base'
import { isDuplicateIn, type Ownership, writing as write } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/**
 * Runs a write in one transaction that has seen that the service owns users (law 3). Throws `not-the-owner` or `owner-moving` when it
 * does not, `email-taken` when a unique index refused; whatever is thrown undoes all of it.
 */
export async function writing<Result>(
  db: Knex,
  ownership: Ownership<Knex>,
  work: (tx: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  try {
    return await write(db, ownership, work)
  } catch (error) {
    // Two who take one e-mail address at the same time: the unique index refuses the second.
    if (isDuplicateIn(error, 'users_email'))
      throw new Fault('email-taken', 'another user has this e-mail address', { cause: error })
    throw error
  }
}
