import type { FastifyInstance } from 'fastify'
import { meansFrom } from '../payments/authorize.ts'
import { shipmentJson } from '../shipping/api.ts'
import type { Shop } from '../shop.ts'
import { localToJson } from '../time/shop-time.ts'
import { cutToWindow, keyFrom, windowFrom } from '../web/numbers.ts'
import { cancelOrder } from './cancel-order.ts'
import { readHistory } from './history.ts'
import { type OrderWish, placeOrder } from './place-order.ts'
import { listOrders, type OrderColumns, type OrderWithParts, readOrder } from './read.ts'

interface ListQuery {
  readonly Querystring: { readonly after?: unknown; readonly limit?: unknown; readonly customer?: unknown }
}

interface ById {
  readonly Params: { readonly id: string }
}

/** The orders of the JSON API: as old as the customers, refusals come with status 200. */
export function ordersApi(api: FastifyInstance, shop: Shop): void {
  api.get<ListQuery>('/orders', async (request, reply) => {
    const asked = windowFrom(request.query)
    if (!asked.ok) return reply.code(400).send({ error: asked.error })
    const customer = request.query.customer === undefined ? undefined : keyFrom(request.query.customer)
    if (request.query.customer !== undefined && customer === undefined)
      return reply.code(400).send({ error: 'bad customer' })
    const rows = await listOrders(shop.db, asked.window, customer)
    const { items, next } = cutToWindow(rows, asked.window.limit, (row) => row.ord_id)
    return { orders: items.map(headerJson), next }
  })

  api.get<ById>('/orders/:id', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const order = id === undefined ? undefined : await readOrder(shop.db, id)
    return order ? orderJson(order) : reply.code(404).send({ error: 'no such order' })
  })

  api.get<ById>('/orders/:id/history', async (request, reply) => {
    const id = keyFrom(request.params.id)
    const history = id === undefined ? [] : await readHistory(shop.db, id)
    if (history.length === 0) return reply.code(404).send({ error: 'no such order' })
    return { history: history.map((step) => ({ status: step.st_cd, at: localToJson(step.chg_dt) })) }
  })

  api.post('/orders', async (request, reply) => {
    const wish = wishFrom(request.body)
    if (typeof wish === 'string') return reply.code(400).send({ error: wish })
    return placeOrder(shop, wish)
  })

  api.post<ById>('/orders/:id/cancel', async (request) => {
    const id = keyFrom(request.params.id)
    return id === undefined ? { ok: false, err: 'NO ORD' } : cancelOrder(shop, id)
  })
}

interface OrderBody {
  readonly customerId?: unknown
  readonly addressId?: unknown
  readonly lines?: unknown
  readonly payment?: { readonly type?: unknown; readonly card?: unknown } | null
}

const maxLines = 50

function wishFrom(body: unknown): OrderWish | string {
  if (typeof body !== 'object' || body === null) return 'bad body'
  const order: OrderBody = body
  const customerId = keyFrom(order.customerId)
  const addressId = order.addressId === undefined ? undefined : keyFrom(order.addressId)
  const lines = Array.isArray(order.lines) && order.lines.length <= maxLines ? order.lines.map(lineFrom) : [undefined]
  const means = meansFrom(order.payment?.type, order.payment?.card)
  if (customerId === undefined) return 'bad customerId'
  if (order.addressId !== undefined && addressId === undefined) return 'bad addressId'
  const good = lines.filter((line) => line !== undefined)
  if (good.length < lines.length) return 'bad lines'
  if (!means) return 'bad payment'
  return { customerId, addressId, lines: good, means, source: 'API' }
}

function lineFrom(value: unknown): { productId: number; quantity: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { productId, quantity = 1 }: { readonly productId?: unknown; readonly quantity?: unknown } = value
  const id = keyFrom(productId)
  const count = keyFrom(quantity)
  return id === undefined || count === undefined || count > 99 ? undefined : { productId: id, quantity: count }
}

function headerJson(order: OrderColumns) {
  return {
    id: String(order.ord_id),
    customerId: String(order.cust_id),
    status: order.st_cd,
    orderedAt: localToJson(order.ord_dt),
    goods: order.sub_amt,
    shipping: order.ship_amt,
    tax: order.tax_amt,
    total: order.tot_amt,
    source: order.src_cd,
  }
}

function orderJson({ header, lines, shipments }: OrderWithParts) {
  return {
    ...headerJson(header),
    shipTo: header.ship_to,
    note: header.nt,
    lines: lines.map((line) => ({
      productId: String(line.prod_id),
      title: line.ttl,
      quantity: line.qty,
      price: line.prc,
      amount: line.amt,
    })),
    shipments: shipments.map(shipmentJson),
  }
}
