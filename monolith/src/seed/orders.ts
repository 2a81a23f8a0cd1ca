import { faker } from '@faker-js/faker/locale/en_US'
import { timesMoney } from '../money/money.ts'
import { orderMail } from '../notifications/order-mail.ts'
import { type PricedLine, type Totals, totalsOf } from '../orders/totals.ts'
import { fromLocal, toLocal } from '../time/shop-time.ts'
import type { InsertRow } from './insert.ts'
import { chance, seedNow, shopOpened } from './plan.ts'
import type { ProductRow, SeededCustomer } from './rows.ts'

/** The database tables that an order has rows in. */
export const orderTables = ['ord_hdr', 'ord_ln', 'ord_st', 'pmt', 'shpmt', 'ml_out'] as const

/** One seeded order: whose, when, what it brought, and its rows. */
export interface SeededOrder {
  readonly customerId: number
  readonly at: Date
  readonly status: OrderStatus
  readonly total: string
  readonly rows: Readonly<Record<(typeof orderTables)[number], readonly InsertRow[]>>
}

type OrderStatus = 'A' | 'S' | 'D' | 'X'

interface Buyer extends SeededCustomer {
  readonly since: Date
}

const dayMs = 86_400_000
const spanMs = seedNow.getTime() - shopOpened.getTime()
/** The mail outbox is emptied of what is older. */
const oldestMail = new Date(seedNow.getTime() - 90 * dayMs)

/** Draws orders one after the other, oldest first, each by somebody who was a customer by then. */
export function* drawOrders(
  count: number,
  customers: readonly SeededCustomer[],
  products: readonly ProductRow[],
): Generator<SeededOrder> {
  const buyers = customers.map((customer) => ({ ...customer, since: fromLocal(customer.row.crt_dt) }))
  for (let id = 1; id <= count; id++) {
    // More orders each year: the square root bends an even row of moments towards the present.
    const at = new Date(shopOpened.getTime() + Math.floor(spanMs * Math.sqrt((id - 1) / count)))
    yield drawOrder(id, at, { buyer: drawBuyer(buyers, at), lines: drawLines(products) })
  }
}

function drawBuyer(buyers: readonly Buyer[], at: Date): Buyer {
  const elapsed = (at.getTime() - shopOpened.getTime()) / spanMs
  const latest = Math.min(buyers.length - 1, Math.ceil(buyers.length * elapsed) + 5)
  for (;;) {
    const buyer = buyers[faker.number.int({ min: 0, max: latest })]
    if (buyer && buyer.since <= at) return buyer
  }
}

function drawLines(products: readonly ProductRow[]): readonly PricedLine[] {
  const bought = Array.from({ length: faker.number.int({ min: 1, max: 4 }) }, () =>
    faker.helpers.arrayElement(products),
  )
  return [...new Set(bought)].map((product) => ({
    productId: product.prod_id,
    title: product.ttl,
    quantity: chance(75) ? 1 : faker.number.int({ min: 2, max: 5 }),
    price: product.prc,
  }))
}

function drawOrder(
  id: number,
  at: Date,
  { buyer, lines }: { readonly buyer: Buyer; readonly lines: readonly PricedLine[] },
): SeededOrder {
  const totals = totalsOf(lines, buyer.addresses.at(-1)?.st ?? '')
  const order = { orderId: id, status: statusAt(at), total: totals.total, ord_dt: toLocal(at) }
  const mail = {
    ...orderMail({ ...order, email: buyer.row.email }),
    st_cd: 'S',
    crt_dt: order.ord_dt,
    snt_dt: order.ord_dt,
  }
  return {
    customerId: buyer.row.cust_id,
    at,
    status: order.status,
    total: order.total,
    rows: {
      ord_hdr: [drawHeader(order, totals, buyer)],
      ord_ln: lines.map((line, index) => lineRow(id, index + 1, line)),
      ord_st: historyRows(order, at),
      pmt: [drawPayment(order)],
      shpmt: [drawShipment(order, at)],
      ml_out: at >= oldestMail ? [mail] : [],
    },
  }
}

interface Order {
  readonly orderId: number
  readonly status: OrderStatus
  readonly total: string
  readonly ord_dt: string
}

function statusAt(at: Date): OrderStatus {
  if (chance(4)) return 'X'
  const days = (seedNow.getTime() - at.getTime()) / dayMs
  return days < 2 ? 'A' : days < 7 ? 'S' : 'D'
}

function drawHeader(order: Order, totals: Totals, buyer: Buyer): InsertRow {
  const to = buyer.addresses.at(-1)
  return {
    ord_id: order.orderId,
    cust_id: buyer.row.cust_id,
    st_cd: order.status,
    ord_dt: order.ord_dt,
    ship_to: to ? [buyer.row.nm, to.ln1, to.city, to.st, to.zip, to.ctry].join('|') : 'PICK UP IN STORE',
    sub_amt: totals.goods,
    ship_amt: totals.shipping,
    tax_amt: totals.tax,
    tot_amt: totals.total,
    src_cd: chance(70) ? 'WEB' : faker.helpers.arrayElement(['API', 'TEL']),
    nt: chance(90) ? null : chance(50) ? '' : 'Please leave it with the neighbour.',
  }
}

function lineRow(orderId: number, lineNo: number, line: PricedLine): InsertRow {
  return {
    ord_id: orderId,
    ln_no: lineNo,
    prod_id: line.productId,
    ttl: line.title,
    qty: line.quantity,
    prc: line.price,
    amt: timesMoney(line.price, line.quantity),
  }
}

const sentAfterMs = dayMs
const deliveredAfterMs = 5 * dayMs
const cancelledAfterMs = 3 * 3_600_000

/** What happened to an order and when: no draw, so that everything else of the seed stays as it was before there was a history. */
function historyRows({ orderId, status, ord_dt }: Order, at: Date): readonly InsertRow[] {
  const later = (ms: number) => toLocal(new Date(at.getTime() + ms))
  const sent: readonly [string, string] = ['S', later(sentAfterMs)]
  const after: Readonly<Record<OrderStatus, readonly (readonly [string, string])[]>> = {
    A: [],
    S: [sent],
    D: [sent, ['D', later(deliveredAfterMs)]],
    X: [['X', later(cancelledAfterMs)]],
  }
  const steps: readonly (readonly [string, string])[] = [['A', ord_dt], ...after[status]]
  return steps.map(([st_cd, chg_dt], index) => ({ ord_id: orderId, seq: index + 1, st_cd, chg_dt }))
}

function drawPayment(order: Order): InsertRow {
  const card = chance(80)
  return {
    pmt_id: order.orderId,
    ord_id: order.orderId,
    typ_cd: card ? 'CC' : faker.helpers.arrayElement(['PP', 'CK']),
    amt: order.total,
    st_cd: order.status === 'X' ? 'R' : order.status === 'A' ? 'A' : 'C',
    card_l4: card ? faker.string.numeric(4) : null,
    auth_cd: faker.string.alphanumeric({ length: 6, casing: 'upper' }),
    pmt_dt: order.ord_dt,
  }
}

function drawShipment(order: Order, at: Date): InsertRow {
  const sent = order.status === 'S' || order.status === 'D'
  return {
    shp_id: order.orderId,
    ord_id: order.orderId,
    crr_cd: faker.helpers.arrayElement(['UPS', 'USPS', 'FDX']),
    trk_no: sent ? faker.string.numeric(12) : null,
    st_cd: order.status === 'A' ? 'P' : order.status,
    shp_dt: sent ? toLocal(new Date(at.getTime() + sentAfterMs)) : null,
    dlv_dt: order.status === 'D' ? toLocal(new Date(at.getTime() + deliveredAfterMs)) : null,
  }
}
