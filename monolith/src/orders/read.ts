import { type Queryable, select, selectOne } from '../database/query.ts'
import { listShipments, type ShipmentColumns } from '../shipping/shipments.ts'
import type { ListWindow } from '../web/numbers.ts'

/** A row of ord_hdr; `st_cd` is A accepted, S sent, D delivered, X cancelled. */
export interface OrderColumns {
  readonly ord_id: number
  readonly cust_id: number
  readonly st_cd: string
  readonly ord_dt: string
  readonly ship_to: string
  readonly sub_amt: string
  readonly ship_amt: string
  readonly tax_amt: string
  readonly tot_amt: string
  readonly src_cd: string
  readonly nt: string | null
}

/** A row of ord_ln. */
export interface OrderLineColumns {
  readonly ln_no: number
  readonly prod_id: number
  readonly ttl: string
  readonly qty: number
  readonly prc: string
  readonly amt: string
}

/** An order with its lines and its shipments. */
export interface OrderWithParts {
  readonly header: OrderColumns
  readonly lines: readonly OrderLineColumns[]
  readonly shipments: readonly ShipmentColumns[]
}

const headerColumns = 'ord_id, cust_id, st_cd, ord_dt, ship_to, sub_amt, ship_amt, tax_amt, tot_amt, src_cd, nt'

/** An order with all that belongs to it. */
export async function readOrder(db: Queryable, id: number): Promise<OrderWithParts | undefined> {
  const header = await selectOne<OrderColumns>(db, `SELECT ${headerColumns} FROM ord_hdr WHERE ord_id = ?`, [id])
  if (!header) return undefined
  const lines = await select<OrderLineColumns>(
    db,
    'SELECT ln_no, prod_id, ttl, qty, prc, amt FROM ord_ln WHERE ord_id = ? ORDER BY ln_no',
    [id],
  )
  return { header, lines, shipments: await listShipments(db, id) }
}

/** Orders in key order, of one customer or of all; one more than the limit when there are more. */
export function listOrders(db: Queryable, window: ListWindow, customerId?: number): Promise<readonly OrderColumns[]> {
  const byCustomer = customerId === undefined ? '' : 'AND cust_id = ?'
  return select(db, `SELECT ${headerColumns} FROM ord_hdr WHERE ord_id > ? ${byCustomer} ORDER BY ord_id LIMIT ?`, [
    window.after,
    ...(customerId === undefined ? [] : [customerId]),
    window.limit + 1,
  ])
}

/** A customer's latest orders, newest first. */
export function latestOrders(db: Queryable, customerId: number, count: number): Promise<readonly OrderColumns[]> {
  return select(db, `SELECT ${headerColumns} FROM ord_hdr WHERE cust_id = ? ORDER BY ord_id DESC LIMIT ?`, [
    customerId,
    count,
  ])
}
