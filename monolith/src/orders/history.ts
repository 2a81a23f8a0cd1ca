import { execute, type Queryable, select } from '../database/query.ts'

/** A row of ord_st: what an order became, and when, in local time. */
export interface StatusColumns {
  readonly seq: number
  readonly st_cd: string
  readonly chg_dt: string
}

/** Writes down what an order has become. */
export async function noteStatus(
  db: Queryable,
  step: { readonly orderId: number; readonly status: 'A' | 'S' | 'D' | 'X'; readonly at: string },
): Promise<void> {
  await execute(
    db,
    `INSERT INTO ord_st (ord_id, seq, st_cd, chg_dt)
     VALUES (?, (SELECT COALESCE(MAX(seq), 0) + 1 FROM ord_st WHERE ord_id = ?), ?, ?)`,
    [step.orderId, step.orderId, step.status, step.at],
  )
}

/** What happened to an order, oldest first. */
export function readHistory(db: Queryable, orderId: number): Promise<readonly StatusColumns[]> {
  return select(db, 'SELECT seq, st_cd, chg_dt FROM ord_st WHERE ord_id = ? ORDER BY seq', [orderId])
}
