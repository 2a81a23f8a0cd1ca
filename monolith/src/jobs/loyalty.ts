import { refusalOf, ShopProblem, troubleOf } from '../database/problem.ts'
import { execute, type Queryable, select } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'
import { tierOf } from './tier.ts'

/** What a run of the nightly job did. */
export interface LoyaltyRun {
  readonly rated: number
  readonly changed: number
}

/**
 * The nightly job: rates every customer anew by what all their orders come to, and writes cust.loy_tier directly,
 * without touching cust.upd_dt. The database is its only door: no proxy sees it.
 * Throws a ShopProblem, with nothing changed, when a trigger of somebody else refuses.
 */
export async function rateLoyalty(shop: Shop): Promise<LoyaltyRun> {
  try {
    return await inTransaction(shop.db, (transaction) => rate(transaction, toLocal(shop.now())))
  } catch (cause) {
    if (troubleOf(cause) !== 'refused') throw cause
    throw new ShopProblem('job-refused', `the database refused the loyalty job: ${refusalOf(cause)}`, {
      hint: 'no tier was changed; do what the refusal says, then run the job again',
      cause,
    })
  }
}

async function rate(transaction: Queryable, at: string): Promise<LoyaltyRun> {
  const rows = await select<{ cust_id: number; loy_tier: string | null; spent: number | string }>(
    transaction,
    `SELECT c.cust_id, c.loy_tier, COALESCE(SUM(CAST(REPLACE(o.tot_amt, '.', '') AS BIGINT)), 0) AS spent
       FROM cust c LEFT JOIN ord_hdr o ON o.cust_id = c.cust_id AND o.st_cd <> 'X'
       WHERE c.del_flg = 'N' GROUP BY c.cust_id, c.loy_tier ORDER BY c.cust_id`,
  )
  const changes = rows
    .map((row) => ({ id: row.cust_id, before: row.loy_tier, tier: tierOf(BigInt(row.spent)) }))
    .filter(({ before, tier }) => before !== tier)
  for (const { id, tier } of changes) {
    await execute(transaction, 'UPDATE cust SET loy_tier = ? WHERE cust_id = ?', [tier, id])
  }
  await execute(transaction, "INSERT INTO job_run (job_nm, st_dt, chg_cnt) VALUES ('LOYALTY', ?, ?)", [
    at,
    changes.length,
  ])
  return { rated: rows.length, changed: changes.length }
}
