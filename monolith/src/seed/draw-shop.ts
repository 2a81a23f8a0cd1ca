import { faker } from '@faker-js/faker/locale/en_US'
import { tierOf } from '../jobs/tier.ts'
import { centsOf } from '../money/money.ts'
import { fromLocal, toLocal } from '../time/shop-time.ts'
import { demoApiKeys } from './api-keys.ts'
import { drawCustomers } from './customers.ts'
import type { InsertRow } from './insert.ts'
import { drawOrders, orderTables, type SeededOrder } from './orders.ts'
import { chance, planOf, rewind, seedNow, shopOpened } from './plan.ts'
import { categories, drawProducts } from './products.ts'
import type { ProductRow, SeededCustomer } from './rows.ts'

/** Some rows of one database table. */
export interface Batch {
  readonly table: string
  readonly rows: readonly InsertRow[]
}

const ordersPerBatch = 1_000
/** The nightly job ran last a month before the seed's present, so running it changes something. */
const lastRating = new Date(seedNow.getTime() - 30 * 86_400_000)

/** Draws the whole shop, batch by batch: the same batches for the same scale, whatever the day. */
export function* drawShop(scale: number): Generator<Batch> {
  rewind()
  const plan = planOf(scale)
  const products = drawProducts(plan.products)
  const customers = drawCustomers(plan.customers)
  yield { table: 'prod_cat', rows: categories.map(({ code, name }, srt) => ({ cat_cd: code, cat_nm: name, srt })) }
  yield { table: 'prod', rows: products.map((product) => ({ ...product })) }
  yield* drawStock(products)
  const histories = new Map<number, History>()
  yield* inBatches(drawOrders(plan.orders, customers, products), (order) => remember(histories, order))
  yield { table: 'cust', rows: customers.map((customer) => withHistory(customer, histories.get(customer.row.cust_id))) }
  yield {
    table: 'cust_addr',
    rows: customers.flatMap(addressRows).map((row, index) => ({ addr_id: index + 1, ...row })),
  }
  yield* staffAndClients()
}

function* drawStock(products: readonly ProductRow[]): Generator<Batch> {
  const stock = products.map(({ prod_id, crt_dt }) => {
    const qty_oh = chance(3) ? 0 : faker.number.int({ min: 20, max: 400 })
    return { prod_id, qty_oh, reord_pt: 15, reord_qty: qty_oh === 0 ? 0 : 200, upd_dt: crt_dt }
  })
  yield { table: 'inv', rows: stock }
  const moves = stock.map(({ prod_id, qty_oh, upd_dt }) => ({
    prod_id,
    qty: qty_oh,
    rsn_cd: 'RCV',
    ord_id: null,
    mv_dt: upd_dt,
  }))
  yield { table: 'inv_mv', rows: moves }
}

function* inBatches(orders: Iterable<SeededOrder>, seen: (order: SeededOrder) => void): Generator<Batch> {
  let some: SeededOrder[] = []
  for (const order of orders) {
    seen(order)
    some.push(order)
    if (some.length < ordersPerBatch) continue
    yield* batchesOf(some)
    some = []
  }
  yield* batchesOf(some)
}

function* batchesOf(orders: readonly SeededOrder[]): Generator<Batch> {
  for (const table of orderTables) yield { table, rows: orders.flatMap((order) => order.rows[table]) }
}

/** What the orders of a customer come to: when the last one came, and what counts for the tier. */
interface History {
  readonly last: Date
  readonly ratedCents: bigint
}

function remember(histories: Map<number, History>, order: SeededOrder): void {
  const counts = order.status !== 'X' && order.at <= lastRating
  const before = histories.get(order.customerId)?.ratedCents ?? 0n
  histories.set(order.customerId, { last: order.at, ratedCents: before + (counts ? centsOf(order.total) : 0n) })
}

function withHistory({ row }: SeededCustomer, history: History | undefined): InsertRow {
  const rated = fromLocal(row.crt_dt) <= lastRating
  return {
    ...row,
    loy_tier: rated ? tierOf(history?.ratedCents ?? 0n) : null,
    lst_ord_dt: history ? toLocal(history.last) : null,
  }
}

function addressRows({ row, addresses }: SeededCustomer): readonly InsertRow[] {
  return addresses.map((address) => ({ cust_id: row.cust_id, ...address }))
}

function* staffAndClients(): Generator<Batch> {
  const crt_dt = toLocal(shopOpened)
  yield { table: 'adm_usr', rows: [{ cust_id: 1, role_cd: 'OWNER' }] }
  yield {
    table: 'api_cli',
    rows: demoApiKeys().map(({ key, name }) => ({ api_key: key, cli_nm: name, act_flg: 'Y', crt_dt })),
  }
}
