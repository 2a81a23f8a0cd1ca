import type { FastifyInstance } from 'fastify'
import { showMoney } from '../money/money.ts'
import type { Shop } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { keyFrom } from '../web/numbers.ts'
import { sendPage, sessionOf, visitorOf } from '../web/visit.ts'
import { latestOrders, type OrderColumns, type OrderLineColumns, type OrderWithParts, readOrder } from './read.ts'

/** My orders, and each of them. */
export function orderPages(app: FastifyInstance, shop: Shop): void {
  app.get('/orders', async (request, reply) => {
    const session = await sessionOf(shop, request)
    if (session?.customerId === undefined) return reply.redirect('/login?next=/orders', 303)
    const orders = await latestOrders(shop.db, session.customerId, 50)
    return sendPage(reply, { title: 'My orders', visitor: visitorOf(session) }, ordersPage(orders))
  })

  app.get<{ Params: { id: string }; Querystring: { thanks?: string } }>('/orders/:id', async (request, reply) => {
    const session = await sessionOf(shop, request)
    if (session?.customerId === undefined) return reply.redirect('/login?next=/orders', 303)
    const id = keyFrom(request.params.id)
    const order = id === undefined ? undefined : await readOrder(shop.db, id)
    if (!order || (order.header.cust_id !== session.customerId && !session.isStaff)) return reply.callNotFound()
    const title = `Order ${order.header.ord_id}`
    return sendPage(reply, { title, visitor: visitorOf(session) }, orderPage(order, request.query.thanks !== undefined))
  })
}

const stateWords: Readonly<Record<string, string>> = {
  A: 'being packed',
  S: 'on its way',
  D: 'delivered',
  X: 'cancelled',
}

function ordersPage(orders: readonly OrderColumns[]): Html {
  if (orders.length === 0) return html`<h1>My orders</h1><p>None yet. <a href="/">Have a look around</a>.</p>`
  return html`<h1>My orders</h1>
<table><thead><tr><th>Order</th><th>Placed</th><th>State</th><th class="num">Total</th></tr></thead><tbody>${orders.map(
    (order) => html`<tr><td><a href="/orders/${order.ord_id}">${order.ord_id}</a></td><td>${order.ord_dt}</td>
<td>${stateWords[order.st_cd] ?? order.st_cd}</td><td class="num">${showMoney(order.tot_amt)}</td></tr>`,
  )}</tbody></table>`
}

function orderPage({ header, lines, shipments }: OrderWithParts, justPlaced: boolean): Html {
  return html`${justPlaced && html`<p class="good">Thank you! We have your order, and a mail is on its way to you.</p>`}
<h1>Order ${header.ord_id}</h1>
<p>Placed ${header.ord_dt}, ${stateWords[header.st_cd] ?? header.st_cd}.</p>
<table><thead><tr><th>Product</th><th class="num">Price</th><th class="num">Quantity</th><th class="num">Amount</th></tr></thead>
<tbody>${lines.map(lineRow)}</tbody>
<tfoot>${[
    ['Goods', header.sub_amt],
    ['Shipping', header.ship_amt],
    ['Tax', header.tax_amt],
    ['Total', header.tot_amt],
  ].map(
    ([label = '', amount = '0.00']) =>
      html`<tr><td colspan="3" class="num">${label}</td><td class="num">${showMoney(amount)}</td></tr>`,
  )}</tfoot></table>
<h2>Sent to</h2><p>${header.ship_to.split('|').map((part) => html`${part}<br>`)}</p>
${shipments.map((shipment) => html`<p class="soft">${shipment.crr_cd}${shipment.trk_no && html`, tracking ${shipment.trk_no}`}${shipment.shp_dt && html`, sent ${shipment.shp_dt}`}${shipment.dlv_dt && html`, delivered ${shipment.dlv_dt}`}</p>`)}`
}

function lineRow(line: OrderLineColumns): Html {
  return html`<tr><td><a href="/products/${line.prod_id}">${line.ttl}</a></td><td class="num">${showMoney(line.prc)}</td>
<td class="num">${line.qty}</td><td class="num">${showMoney(line.amt)}</td></tr>`
}
