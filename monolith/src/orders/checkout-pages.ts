import type { FastifyInstance } from 'fastify'
import { readCart } from '../cart/cart.ts'
import type { AddressColumns } from '../customers/customer.ts'
import { readAddresses } from '../customers/read.ts'
import { showMoney, timesMoney } from '../money/money.ts'
import { meansFrom } from '../payments/authorize.ts'
import type { Shop } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { keyFrom } from '../web/numbers.ts'
import { fieldOf, sendPage, sessionOf, visitorOf } from '../web/visit.ts'
import { type OrderRefusal, placeOrder } from './place-order.ts'
import { type PricedLine, totalsOf } from './totals.ts'

/** The checkout: where to, how to pay, and done. */
export function checkoutPages(app: FastifyInstance, shop: Shop): void {
  app.get('/checkout', async (request, reply) => {
    const session = await sessionOf(shop, request)
    if (session?.customerId === undefined) return reply.redirect('/login?next=/checkout', 303)
    const lines = await readCart(shop.db, session.id)
    if (lines.length === 0) return reply.redirect('/cart', 303)
    const addresses = await readAddresses(shop.db, session.customerId)
    return sendPage(reply, { title: 'Check out', visitor: visitorOf(session) }, checkoutPage(lines, addresses))
  })

  app.post('/checkout', async (request, reply) => {
    const session = await sessionOf(shop, request)
    if (session?.customerId === undefined) return reply.redirect('/login?next=/checkout', 303)
    const lines = await readCart(shop.db, session.id)
    const addressId = keyFrom(fieldOf(request.body, 'address'))
    const means = meansFrom(fieldOf(request.body, 'payment'), fieldOf(request.body, 'card'))
    const wish = { customerId: session.customerId, lines, addressId, source: 'WEB' as const, cartOf: session.id }
    const placed = means ? await placeOrder(shop, { ...wish, means }) : { ok: false as const, err: 'BAD CARD' as const }
    if (placed.ok) return reply.redirect(`/orders/${placed.id}?thanks`, 303)
    const addresses = await readAddresses(shop.db, session.customerId)
    const form = checkoutPage(lines, addresses, sorryFor[placed.err])
    return sendPage(reply.code(422), { title: 'Check out', visitor: visitorOf(session) }, form)
  })
}

const sorryFor: Readonly<Record<OrderRefusal | 'BAD CARD', string>> = {
  'BAD CARD': 'That is not a card number. Please look at it again.',
  'CARD DECLINED': 'Your bank said no. Please try another card.',
  'OUT OF STOCK': 'Somebody was faster: we have not enough of one of these. Please change your cart.',
  'NO PROD': 'One of these is no longer on sale. Please take it out of your cart.',
  'NO LINES': 'Your cart is empty.',
  'NO ADDR': 'We do not know that address.',
  'NO CUST': 'This account is closed.',
  'CUST NOT ACTIVE': 'This account is on hold.',
}

function checkoutPage(lines: readonly PricedLine[], addresses: readonly AddressColumns[], sorry?: string): Html {
  const totals = totalsOf(lines, shippingAddress(addresses)?.st ?? '')
  return html`<h1>Check out</h1>${sorry && html`<p class="sorry">${sorry}</p>`}
<div class="product"><form class="panel" method="post" action="/checkout">
  <label class="field"><span>Send to</span><select name="address">${addresses.map(option)}${addresses.length === 0 && html`<option value="">Pick up in store</option>`}</select></label>
  <label class="field"><span>Pay by</span><select name="payment"><option value="CC">Credit card</option><option value="CK">Check in the mail</option></select></label>
  <label class="field"><span>Card number</span><input name="card" inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"></label>
  <button>Place the order</button>
</form>
<div><table><tbody>${lines.map((line) => html`<tr><td>${line.quantity} &times; ${line.title}</td><td class="num">${showMoney(timesMoney(line.price, line.quantity))}</td></tr>`)}</tbody>
<tfoot><tr><td>Shipping</td><td class="num">${showMoney(totals.shipping)}</td></tr><tr><td>Tax</td><td class="num">${showMoney(totals.tax)}</td></tr>
<tr><td>Total</td><td class="num price">${showMoney(totals.total)}</td></tr></tfoot></table></div></div>`
}

/** The address that is proposed: the default one of those to ship to, else any. */
function shippingAddress(addresses: readonly AddressColumns[]): AddressColumns | undefined {
  const shipping = addresses.filter((address) => address.typ_cd === 'S')
  return shipping.find((address) => address.dflt_flg === 'Y') ?? shipping[0] ?? addresses[0]
}

function option(address: AddressColumns, _index: number, all: readonly AddressColumns[]): Html {
  const selected = address === shippingAddress(all) && html` selected`
  return html`<option value="${address.addr_id}"${selected}>${address.ln1}, ${address.city} ${address.st} ${address.zip}</option>`
}
