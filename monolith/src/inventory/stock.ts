import { execute, type Queryable, selectOne } from '../database/query.ts'

/** Why stock moves: received, sold, sent back or cancelled, counted. */
export type MoveReason = 'RCV' | 'SLD' | 'RET' | 'CNT'

/** One move of a product's stock. */
export interface StockMove {
  readonly productId: number
  /** What comes in is positive, what goes out negative. */
  readonly quantity: number
  readonly reason: MoveReason
  readonly orderId?: number
  /** Local time, as the columns hold it. */
  readonly at: string
}

/** Moves stock and writes the move down. Returns false, and does nothing, when not enough is there. */
export async function moveStock(db: Queryable, move: StockMove): Promise<boolean> {
  const changed = await execute(
    db,
    'UPDATE inv SET qty_oh = qty_oh + ?, upd_dt = ? WHERE prod_id = ? AND qty_oh + ? >= 0',
    [move.quantity, move.at, move.productId, move.quantity],
  )
  if (changed > 0) await writeMove(db, move)
  return changed > 0
}

/** Orders from the supplier what has fallen below its reorder point; it is on the shelf at once, as if by magic. */
export async function reorder(db: Queryable, productId: number, at: string): Promise<void> {
  const low = await selectOne<{ reord_qty: number }>(
    db,
    'SELECT reord_qty FROM inv WHERE prod_id = ? AND qty_oh < reord_pt AND reord_qty > 0',
    [productId],
  )
  if (low) await moveStock(db, { productId, quantity: low.reord_qty, reason: 'RCV', at })
}

async function writeMove(db: Queryable, move: StockMove): Promise<void> {
  await execute(db, 'INSERT INTO inv_mv (prod_id, qty, rsn_cd, ord_id, mv_dt) VALUES (?, ?, ?, ?, ?)', [
    move.productId,
    move.quantity,
    move.reason,
    move.orderId ?? null,
    move.at,
  ])
}
