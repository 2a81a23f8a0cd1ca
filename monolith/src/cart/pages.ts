import type { FastifyInstance } from 'fastify'
import { showMoney, timesMoney } from '../money/money.ts'
import { type PricedLine, totalsOf } from '../orders/totals.ts'
import type { Shop } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { keyFrom } from '../web/numbers.ts'
import { fieldOf, sendPage, sessionFor, sessionOf, visitorOf } from '../web/visit.ts'
import { addToCart, maxQuantity, readCart, setInCart } from './cart.ts'

/** The cart: a page, its forms, and `/cart.json` for the little counter that other sites show. */
export function cartPages(app: FastifyInstance, shop: Shop): void {
  app.get('/cart', async (request, reply) => {
    const session = await sessionOf(shop, request)
    const lines = session ? await readCart(shop.db, session.id) : []
    return sendPage(reply, { title: 'Your cart', visitor: visitorOf(session) }, cartPage(lines))
  })

  app.get('/cart.json', async (request) => {
    const session = await sessionOf(shop, request)
    const lines = session ? await readCart(shop.db, session.id) : []
    const { goods } = totalsOf(lines, '')
    return { lines: lines.map((line) => ({ ...line, productId: String(line.productId) })), total: goods }
  })

  app.post('/cart/add', async (request, reply) => {
    const line = lineFrom(request.body, 1)
    if (!line)
      return sendPage(reply.code(400), { title: 'Your cart' }, html`<p class="sorry">Which product, and how many?</p>`)
    const sessionId = await sessionFor(shop, request, reply)
    if (!(await addToCart(shop.db, sessionId, line))) return reply.callNotFound()
    return reply.redirect('/cart', 303)
  })

  app.post('/cart/set', async (request, reply) => {
    const line = lineFrom(request.body, 0)
    const session = await sessionOf(shop, request)
    if (session && line) await setInCart(shop.db, session.id, line)
    return reply.redirect('/cart', 303)
  })
}

function lineFrom(body: unknown, least: number): { productId: number; quantity: number } | undefined {
  const productId = keyFrom(fieldOf(body, 'product'))
  const quantity = Number(fieldOf(body, 'quantity') || 1)
  if (productId === undefined || !Number.isInteger(quantity) || quantity < least || quantity > maxQuantity)
    return undefined
  return { productId, quantity }
}

function cartPage(lines: readonly PricedLine[]): Html {
  if (lines.length === 0) return html`<h1>Your cart</h1><p>It is empty. <a href="/">Have a look around</a>.</p>`
  const totals = totalsOf(lines, '')
  return html`<h1>Your cart</h1>
<table><thead><tr><th>Product</th><th class="num">Price</th><th>Quantity</th><th class="num">Amount</th></tr></thead>
<tbody>${lines.map(cartRow)}</tbody>
<tfoot><tr><td colspan="3">Goods, without shipping and tax</td><td class="num price">${showMoney(totals.goods)}</td></tr></tfoot></table>
<p class="pager"><a href="/">Go on shopping</a><a class="button" href="/checkout">Check out</a></p>`
}

function cartRow(line: PricedLine): Html {
  return html`<tr><td><a href="/products/${line.productId}">${line.title}</a></td><td class="num">${showMoney(line.price)}</td>
<td><form class="inline" method="post" action="/cart/set"><input type="hidden" name="product" value="${line.productId}">
<input name="quantity" type="number" min="0" max="${maxQuantity}" value="${line.quantity}" aria-label="Quantity"> <button class="quiet">Change</button></form></td>
<td class="num">${showMoney(timesMoney(line.price, line.quantity))}</td></tr>`
}
