import { emptyCart } from '../cart/cart.ts'
import { execute, type Queryable, select, selectOne } from '../database/query.ts'
import { inTransaction } from '../database/transaction.ts'
import { moveStock, reorder } from '../inventory/stock.ts'
import { type Money, timesMoney } from '../money/money.ts'
import { orderMail } from '../notifications/order-mail.ts'
import { queueMail } from '../notifications/outbox.ts'
import { isDeclined, type PaymentMeans, writePayment } from '../payments/authorize.ts'
import { planShipment } from '../shipping/shipments.ts'
import type { Shop } from '../shop.ts'
import { toLocal } from '../time/shop-time.ts'
import { noteStatus } from './history.ts'
import { type PricedLine, type Totals, totalsOf } from './totals.ts'

/** What somebody wants to buy. */
export interface OrderWish {
  readonly customerId: number
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[]
  readonly means: PaymentMeans
  /** One of the customer's addresses; without it the shipping address, else any, else the store's counter. */
  readonly addressId?: number | undefined
  readonly source: 'WEB' | 'API'
  /** The session whose cart is emptied. */
  readonly cartOf?: string
}

/** What placing an order gives. */
export type PlacedOrder =
  | { readonly ok: true; readonly id: string; readonly total: Money }
  | { readonly ok: false; readonly err: OrderRefusal }

/** Why an order was not taken. */
export type OrderRefusal =
  | 'NO CUST'
  | 'CUST NOT ACTIVE'
  | 'NO LINES'
  | 'NO PROD'
  | 'OUT OF STOCK'
  | 'CARD DECLINED'
  | 'NO ADDR'

/**
 * Places an order: stock, header and lines, payment, shipment, mail, and the customer's last order date,
 * all in one transaction over the database tables of seven modules.
 */
export async function placeOrder(shop: Shop, wish: OrderWish): Promise<PlacedOrder> {
  try {
    return await inTransaction(shop.db, (transaction) => place(transaction, wish, toLocal(shop.now())))
  } catch (error) {
    if (error instanceof NotTaken) return { ok: false, err: error.err }
    throw error
  }
}

async function place(db: Queryable, wish: OrderWish, at: string): Promise<PlacedOrder> {
  const buyer = await readBuyer(db, wish.customerId)
  const lines = await priceLines(db, wish.lines)
  const address = await readAddress(db, wish)
  if (isDeclined(wish.means)) throw new NotTaken('CARD DECLINED')
  const totals = totalsOf(lines, address?.st ?? '')
  const orderId = await writeOrder(db, wish, { lines, totals, at, shipTo: addressText(buyer.nm, address) })
  await noteStatus(db, { orderId, status: 'A', at })
  for (const line of lines) {
    const move = { productId: line.productId, quantity: -line.quantity, reason: 'SLD' as const, orderId, at }
    if (!(await moveStock(db, move))) throw new NotTaken('OUT OF STOCK')
    await reorder(db, line.productId, at)
  }
  await writePayment(db, wish.means, { orderId, amount: totals.total, at })
  await planShipment(db, orderId)
  await queueMail(db, orderMail({ email: buyer.email, orderId, total: totals.total }), at)
  await execute(db, 'UPDATE cust SET lst_ord_dt = ? WHERE cust_id = ?', [at, wish.customerId])
  if (wish.cartOf !== undefined) await emptyCart(db, wish.cartOf)
  return { ok: true, id: String(orderId), total: totals.total }
}

/** Thrown inside the transaction, so that nothing of a refused order stays. */
class NotTaken extends Error {
  readonly err: OrderRefusal

  constructor(err: OrderRefusal) {
    super(err)
    this.err = err
  }
}

interface BuyerColumns {
  readonly nm: string
  readonly email: string
  readonly st_cd: string
}

async function readBuyer(db: Queryable, id: number): Promise<BuyerColumns> {
  const buyer = await selectOne<BuyerColumns>(
    db,
    "SELECT nm, email, st_cd FROM cust WHERE cust_id = ? AND del_flg = 'N'",
    [id],
  )
  if (!buyer) throw new NotTaken('NO CUST')
  if (buyer.st_cd !== 'A') throw new NotTaken('CUST NOT ACTIVE')
  return buyer
}

/** The lines at today's prices, in the order of their products, so that two orders never wait for each other's stock. */
async function priceLines(db: Queryable, wishes: OrderWish['lines']): Promise<readonly PricedLine[]> {
  const quantities = new Map<number, number>()
  for (const { productId, quantity } of wishes) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  if (quantities.size === 0) throw new NotTaken('NO LINES')
  const rows = await select<{ prod_id: number; ttl: string; prc: string }>(
    db,
    `SELECT prod_id, ttl, prc FROM prod
     WHERE act_flg = 'Y' AND prod_id IN (${[...quantities].map(() => '?').join(', ')}) ORDER BY prod_id`,
    [...quantities.keys()],
  )
  if (rows.length < quantities.size) throw new NotTaken('NO PROD')
  return rows.map((row) => ({
    productId: row.prod_id,
    title: row.ttl,
    quantity: quantities.get(row.prod_id) ?? 0,
    price: row.prc,
  }))
}

interface ShipToColumns {
  readonly ln1: string
  readonly city: string
  readonly st: string
  readonly zip: string
  readonly ctry: string
}

async function readAddress(db: Queryable, wish: OrderWish): Promise<ShipToColumns | undefined> {
  const only = wish.addressId === undefined ? '' : 'AND addr_id = ?'
  const address = await selectOne<ShipToColumns>(
    db,
    `SELECT ln1, city, st, zip, ctry FROM cust_addr WHERE cust_id = ? ${only}
     ORDER BY typ_cd DESC, dflt_flg DESC, addr_id LIMIT 1`,
    [wish.customerId, ...(wish.addressId === undefined ? [] : [wish.addressId])],
  )
  if (!address && wish.addressId !== undefined) throw new NotTaken('NO ADDR')
  return address
}

function addressText(name: string, address: ShipToColumns | undefined): string {
  if (!address) return 'PICK UP IN STORE'
  return [name, address.ln1, address.city, address.st, address.zip, address.ctry].join('|')
}

async function writeOrder(
  db: Queryable,
  wish: OrderWish,
  order: {
    readonly lines: readonly PricedLine[]
    readonly totals: Totals
    readonly at: string
    readonly shipTo: string
  },
): Promise<number> {
  const { goods, shipping, tax, total } = order.totals
  const header = await selectOne<{ ord_id: number }>(
    db,
    `INSERT INTO ord_hdr (cust_id, st_cd, ord_dt, ship_to, sub_amt, ship_amt, tax_amt, tot_amt, src_cd)
     VALUES (?, 'A', ?, ?, ?, ?, ?, ?, ?) RETURNING ord_id`,
    [wish.customerId, order.at, order.shipTo, goods, shipping, tax, total, wish.source],
  )
  const orderId = header?.ord_id ?? 0
  for (const [index, line] of order.lines.entries()) {
    await execute(db, 'INSERT INTO ord_ln (ord_id, ln_no, prod_id, ttl, qty, prc, amt) VALUES (?, ?, ?, ?, ?, ?, ?)', [
      orderId,
      index + 1,
      line.productId,
      line.title,
      line.quantity,
      line.price,
      timesMoney(line.price, line.quantity),
    ])
  }
  return orderId
}
