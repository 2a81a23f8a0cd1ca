import { execute, type Queryable, select } from '../database/query.ts'
import type { PricedLine } from '../orders/totals.ts'

/** The most of one product that fits into a cart. */
export const maxQuantity = 99

/** What lies in a session's cart, at today's prices. */
export async function readCart(db: Queryable, sessionId: string): Promise<readonly PricedLine[]> {
  const rows = await select<{ prod_id: number; ttl: string; qty: number; prc: string }>(
    db,
    `SELECT l.prod_id, p.ttl, l.qty, p.prc FROM cart_ln l JOIN prod p ON p.prod_id = l.prod_id
     WHERE l.sess_id = ? ORDER BY l.prod_id`,
    [sessionId],
  )
  return rows.map((row) => ({ productId: row.prod_id, title: row.ttl, quantity: row.qty, price: row.prc }))
}

/** Puts a product on sale into a cart, on top of what is there. Returns false when there is no such product. */
export async function addToCart(
  db: Queryable,
  sessionId: string,
  line: { productId: number; quantity: number },
): Promise<boolean> {
  const changed = await execute(
    db,
    `INSERT INTO cart_ln (sess_id, prod_id, qty)
     SELECT CAST(? AS TEXT), prod_id, CAST(? AS INTEGER) FROM prod WHERE prod_id = ? AND act_flg = 'Y'
     ON CONFLICT (sess_id, prod_id) DO UPDATE
     SET qty = CASE WHEN cart_ln.qty + excluded.qty > ${maxQuantity} THEN ${maxQuantity} ELSE cart_ln.qty + excluded.qty END`,
    [sessionId, line.quantity, line.productId],
  )
  return changed > 0
}

/** Sets how much of a product is in a cart; 0 takes it out. */
export async function setInCart(
  db: Queryable,
  sessionId: string,
  line: { productId: number; quantity: number },
): Promise<void> {
  if (line.quantity > 0) {
    const sql = 'UPDATE cart_ln SET qty = ? WHERE sess_id = ? AND prod_id = ?'
    await execute(db, sql, [line.quantity, sessionId, line.productId])
  } else {
    await execute(db, 'DELETE FROM cart_ln WHERE sess_id = ? AND prod_id = ?', [sessionId, line.productId])
  }
}

/** Empties a cart. */
export async function emptyCart(db: Queryable, sessionId: string): Promise<void> {
  await execute(db, 'DELETE FROM cart_ln WHERE sess_id = ?', [sessionId])
}
