import { type Clock, Fault, instant } from '@banyan/toolkit/base'
import { assertServiceOwns, type Ownership, writing } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'
import { newRowsOf, type OrderParts, orderOf, shipToColumnsOf } from './database/order-rows.ts'
import { changeStatus, findOrder, insertOrder, type PageRequest, pageOfOrders } from './database/order-store.ts'
import type { OrderRows } from './database/rows.ts'
import type { NewOrder, Order, ShipTo } from './domain/order.ts'
import { type Gathered, gather } from './gather.ts'
import type { Neighbour, PassedOn } from './neighbours/neighbour.ts'
import { askPaymentCount, askProduct } from './neighbours/shop.ts'
import { askUser } from './neighbours/users.ts'

/** What the use cases stand on. */
export interface OrdersDeps {
  readonly db: Knex
  readonly ownership: Ownership<Knex>
  readonly clock: Clock
  readonly users: Neighbour
  /** The monolith: it still has the catalogue, the stock, payments and shipments. */
  readonly shop: Neighbour
}

/** One page of orders; `next` is the `after` of the following page, null at the end. */
export interface OrderPage {
  readonly orders: readonly Order[]
  readonly next: number | null
}

/** What people do with orders. Writes throw `not-the-owner` or `owner-moving` unless the service owns the data. */
export interface Orders {
  /** Throws what `gather` throws; then nothing was written. */
  place(given: NewOrder, passedOn: PassedOn): Promise<Order>
  find(id: number): Promise<Order | undefined>
  page(request: PageRequest): Promise<OrderPage>
  /** Throws what `cancelOrder` throws. */
  cancel(id: number, passedOn: PassedOn): Promise<Order>
}

/** The use cases of the clean API, over a database, its owner and the neighbours. */
export function buildOrders(deps: OrdersDeps): Orders {
  const { db } = deps
  return {
    place: (given, passedOn) => place(deps, given, passedOn),
    find: async (id) => {
      const rows = await findOrder(db, id)
      return rows && orderOf(rows)
    },
    page: (request) => page(db, request),
    cancel: async (id, passedOn) => orderOf(await cancelOrder(deps, id, passedOn)),
  }
}

async function place(deps: OrdersDeps, given: NewOrder, passedOn: PassedOn): Promise<Order> {
  await assertOwner(deps)
  const gathered = await gather(given, {
    buyer: (id) => askUser(deps.users, id, passedOn),
    product: (id) => askProduct(deps.shop, id, passedOn),
  })
  const { userId, note } = given
  const shipTo = shipToColumnsOf(shipToOf(gathered))
  return orderOf(await storeOrder(deps, { ...gathered, userId, note, source: 'api', shipTo }))
}

/** Passes when the service owns orders, so that nobody is asked for an order that cannot be written anyway. */
export async function assertOwner({ db, ownership }: OrdersDeps): Promise<void> {
  assertServiceOwns(ownership.capability, await ownership.now(db))
}

/** Stores a new order, if the service owns orders at that moment, and returns it. */
export async function storeOrder({ db, ownership, clock }: OrdersDeps, parts: OrderParts): Promise<OrderRows> {
  return await writing(db, ownership, async (tx) => {
    const id = await insertOrder(tx, newRowsOf(parts, instant(clock)))
    return known(await findOrder(tx, id), id)
  })
}

function shipToOf({ buyer, address }: Gathered): ShipTo {
  if (address === undefined) return { kind: 'pick-up' }
  const { line1, city, region, postalCode, country } = address
  return { kind: 'address', recipient: buyer.name, line1, city, region, postalCode, country }
}

async function page(db: Knex, request: PageRequest): Promise<OrderPage> {
  const rows = await pageOfOrders(db, { ...request, limit: request.limit + 1 })
  const orders = rows.slice(0, request.limit).map(orderOf)
  return { orders, next: rows.length > request.limit ? (orders.at(-1)?.id ?? null) : null }
}

/**
 * Cancels an order that was not sent and of which nothing has to be given back. Throws `order-unknown`, `order-too-late`, and
 * `not-possible-yet` where the shop holds a payment: then goods and money would have to go back, which only the shop can do.
 */
export async function cancelOrder(deps: OrdersDeps, id: number, passedOn: PassedOn): Promise<OrderRows> {
  await assertOwner(deps)
  cancellable(await findOrder(deps.db, id), id)
  const payments = await askPaymentCount(deps.shop, id, passedOn)
  if (payments > 0)
    throw new Fault(
      'not-possible-yet',
      `order ${id} was paid for in the shop, and only the shop can give money and goods back`,
      {
        hint: 'payments and stock are no services yet; cancel it once they are, or move orders back: banyan cutover orders --to legacy',
      },
    )
  return await writing(deps.db, deps.ownership, async (tx) => {
    const before = cancellable(await findOrder(tx, id, { forUpdate: true }), id)
    await changeStatus(tx, before, { status: 'cancelled', at: instant(deps.clock) })
    return known(await findOrder(tx, id), id)
  })
}

function cancellable(order: OrderRows | undefined, id: number): OrderRows {
  const found = known(order, id)
  if (found.root.status === 'accepted') return found
  throw new Fault('order-too-late', `order ${id} is ${found.root.status}`)
}

function known(order: OrderRows | undefined, id: number): OrderRows {
  if (order === undefined) throw new Fault('order-unknown', `no order ${id}`)
  return order
}
