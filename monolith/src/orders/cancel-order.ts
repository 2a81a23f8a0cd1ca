import { execute, select, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import { moveStock } from '../inventory/stock.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'
import { noteStatus } from './history.ts'

/** What cancelling gives. */
export type Cancelled = { readonly ok: true } | { readonly ok: false; readonly err: 'NO ORD' | 'TOO LATE' }

/** Cancels an order that has not been sent: its goods go back on the shelf, its money back to the customer. */
export function cancelOrder(shop: Shop, id: number): Promise<Cancelled> {
  return inTransaction<Cancelled>(shop.db, async (transaction) => {
    const sql = "UPDATE ord_hdr SET st_cd = 'X' WHERE ord_id = ? AND st_cd = 'A'"
    if ((await execute(transaction, sql, [id])) === 0) {
      const there = await selectOne(transaction, 'SELECT ord_id FROM ord_hdr WHERE ord_id = ?', [id])
      return { ok: false, err: there ? 'TOO LATE' : 'NO ORD' }
    }
    const lines = await select<{ prod_id: number; qty: number }>(
      transaction,
      'SELECT prod_id, qty FROM ord_ln WHERE ord_id = ? ORDER BY prod_id',
      [id],
    )
    const at = toLocal(shop.now())
    await noteStatus(transaction, { orderId: id, status: 'X', at })
    for (const { prod_id, qty } of lines) {
      await moveStock(transaction, { productId: prod_id, quantity: qty, reason: 'RET', orderId: id, at })
    }
    await execute(transaction, "UPDATE pmt SET st_cd = 'R' WHERE ord_id = ?", [id])
    await execute(transaction, "UPDATE shpmt SET st_cd = 'X' WHERE ord_id = ?", [id])
    return { ok: true }
  })
}
