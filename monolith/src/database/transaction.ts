import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import { dialectOf } from './dialect.ts'
import { troubleOf } from './problem.ts'
import { execute } from './query.ts'

const lockWaitMs = 2_000
const lockPauseMs = 20

/**
 * Runs work in one transaction that means to write: all of it happens or, when it throws, nothing.
 * Inside, only the transaction may be used: SQLite has one connection, and it is taken.
 * A write lock that another process holds is waited for up to two seconds, then the database's error is thrown.
 */
export async function inTransaction<Result>(
  db: Knex,
  work: (transaction: Knex.Transaction) => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + lockWaitMs
  for (;;) {
    let locked = false
    try {
      return await db.transaction(async (transaction) => {
        await takeWriteLock(transaction)
        locked = true
        return await work(transaction)
      })
    } catch (error) {
      if (locked || troubleOf(error) !== 'busy' || performance.now() > deadline) throw error
      await pause(lockPauseMs)
    }
  }
}

/**
 * SQLite takes the write lock at the first write. A transaction that has read before then fails at once, whatever
 * busy_timeout says, when another process wrote in between; so the first statement is a write that changes nothing.
 */
async function takeWriteLock(transaction: Knex.Transaction): Promise<void> {
  if (dialectOf(transaction) === 'sqlite') await execute(transaction, 'UPDATE shop_inf SET v = v WHERE k IS NULL')
}
