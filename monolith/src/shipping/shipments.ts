import { execute, type Queryable, select, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import { noteStatus } from '../orders/history.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'

const carriers = ['UPS', 'USPS', 'FDX']

/** Plans the shipment of a new order; the carriers take turns. */
export async function planShipment(db: Queryable, orderId: number): Promise<void> {
  const carrier = carriers[orderId % carriers.length] ?? 'UPS'
  await execute(db, "INSERT INTO shpmt (ord_id, crr_cd, st_cd) VALUES (?, ?, 'P')", [orderId, carrier])
}

/** A shipment; `st_cd` is P planned, S sent, D delivered, X cancelled. */
export interface ShipmentColumns {
  readonly shp_id: number
  readonly ord_id: number
  readonly crr_cd: string
  readonly trk_no: string | null
  readonly st_cd: string
  readonly shp_dt: string | null
  readonly dlv_dt: string | null
}

/** A shipment, if it is there. */
export function readShipment(db: Queryable, id: number): Promise<ShipmentColumns | undefined> {
  return selectOne(db, 'SELECT shp_id, ord_id, crr_cd, trk_no, st_cd, shp_dt, dlv_dt FROM shpmt WHERE shp_id = ?', [id])
}

/** The shipments of an order, oldest first. */
export function listShipments(db: Queryable, orderId: number): Promise<readonly ShipmentColumns[]> {
  return select(
    db,
    'SELECT shp_id, ord_id, crr_cd, trk_no, st_cd, shp_dt, dlv_dt FROM shpmt WHERE ord_id = ? ORDER BY shp_id',
    [orderId],
  )
}

/** What moving a shipment on gives. */
export type Moved = 'moved' | 'unknown' | 'wrong-state'

/** Sends a planned shipment: it gets its tracking number, the order is sent, the payment is captured. */
export function dispatch(shop: Shop, id: number): Promise<Moved> {
  return inTransaction(shop.db, async (transaction) => {
    const tracking = `1Z${String(id).padStart(10, '0')}`
    const at = toLocal(shop.now())
    const sent = await selectOne<{ ord_id: number }>(
      transaction,
      "UPDATE shpmt SET st_cd = 'S', trk_no = ?, shp_dt = ? WHERE shp_id = ? AND st_cd = 'P' RETURNING ord_id",
      [tracking, at, id],
    )
    if (!sent) return missing(transaction, id)
    await execute(transaction, "UPDATE ord_hdr SET st_cd = 'S' WHERE ord_id = ?", [sent.ord_id])
    await noteStatus(transaction, { orderId: sent.ord_id, status: 'S', at })
    await execute(transaction, "UPDATE pmt SET st_cd = 'C' WHERE ord_id = ? AND st_cd = 'A'", [sent.ord_id])
    return 'moved'
  })
}

/** Notes that a sent shipment has arrived. */
export function deliver(shop: Shop, id: number): Promise<Moved> {
  return inTransaction(shop.db, async (transaction) => {
    const at = toLocal(shop.now())
    const arrived = await selectOne<{ ord_id: number }>(
      transaction,
      "UPDATE shpmt SET st_cd = 'D', dlv_dt = ? WHERE shp_id = ? AND st_cd = 'S' RETURNING ord_id",
      [at, id],
    )
    if (!arrived) return missing(transaction, id)
    await execute(transaction, "UPDATE ord_hdr SET st_cd = 'D' WHERE ord_id = ?", [arrived.ord_id])
    await noteStatus(transaction, { orderId: arrived.ord_id, status: 'D', at })
    return 'moved'
  })
}

async function missing(db: Queryable, id: number): Promise<'unknown' | 'wrong-state'> {
  return (await readShipment(db, id)) ? 'wrong-state' : 'unknown'
}
