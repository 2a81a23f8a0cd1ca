import type { FastifyInstance } from 'fastify'
import type { Shop } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { fieldOf, sendPage, sessionOf, visitorOf } from '../web/visit.ts'
import type { GivenAddress, GivenCustomer } from './body.ts'
import type { AddressColumns, CustomerColumns } from './customer.ts'
import type { PageWrites } from './page-writes.ts'
import { readAddresses, readCustomer } from './read.ts'

/** The profile: what a customer may see and change of themselves. */
export function profilePages(app: FastifyInstance, shop: Shop, writes: PageWrites): void {
  app.get<{ Querystring: { saved?: string } }>('/profile', async (request, reply) => {
    const session = await sessionOf(shop, request)
    const customer = session?.customerId === undefined ? undefined : await readCustomer(shop.db, session.customerId)
    if (!customer) return reply.redirect('/login?next=/profile', 303)
    const note = request.query.saved === undefined ? undefined : html`<p class="good">Saved.</p>`
    const form = profileForm(customer, await readAddresses(shop.db, customer.cust_id), note)
    return sendPage(reply, { title: 'My profile', visitor: visitorOf(session) }, form)
  })

  app.post('/profile', async (request, reply) => {
    const session = await sessionOf(shop, request)
    const customer = session?.customerId === undefined ? undefined : await readCustomer(shop.db, session.customerId)
    if (!customer) return reply.redirect('/login?next=/profile', 303)
    const outcome = await writes.change(customer.cust_id, givenIn(request.body))
    if (outcome.ok) return reply.redirect('/profile?saved', 303)
    const sorry = html`<p class="sorry">${sorryFor[outcome.err] ?? outcome.err}</p>`
    const form = profileForm(customer, await readAddresses(shop.db, customer.cust_id), sorry)
    return sendPage(reply.code(422), { title: 'My profile', visitor: visitorOf(session) }, form)
  })
}

const sorryFor: Readonly<Record<string, string>> = {
  'EMAIL TAKEN': 'There is another account with this e-mail address.',
  'BAD EMAIL': 'That does not look like an e-mail address.',
}

/** A form that shows a telephone field has asked for it: left empty, it is declined, no longer unknown. */
function givenIn(body: unknown): GivenCustomer {
  const line1 = fieldOf(body, 'line1')
  const name = fieldOf(body, 'name').toUpperCase()
  return {
    ...(name === '' ? {} : { name }),
    email: fieldOf(body, 'email'),
    phone: fieldOf(body, 'phone'),
    newsletter: fieldOf(body, 'newsletter') === 'Y' ? 'Y' : 'N',
    interests: interestCodes.filter((code) => fieldOf(body, `interest-${code}`) === 'Y').join(','),
    ...(line1 === '' ? {} : { addresses: [newAddress(body, line1)] }),
  }
}

function newAddress(body: unknown, line1: string): GivenAddress {
  const line2 = fieldOf(body, 'line2')
  return {
    type: 'S',
    line1,
    line2: line2 === '' ? null : line2,
    city: fieldOf(body, 'city'),
    state: fieldOf(body, 'state').toUpperCase(),
    zip: fieldOf(body, 'zip'),
    country: 'US',
    default: 'Y',
  }
}

const interestCodes = ['BOOKS', 'CAMP', 'GARDEN', 'KITCHEN', 'MUSIC', 'PETS', 'TOOLS', 'TOYS']

function profileForm(customer: CustomerColumns, addresses: readonly AddressColumns[], note: Html | undefined): Html {
  const interests = new Set(customer.intrsts.split(','))
  return html`<h1>My profile</h1>${note}
<div class="product"><form class="panel" method="post" action="/profile">
  <label class="field"><span>Name (last, first)</span><input name="name" value="${customer.nm}" required></label>
  <label class="field"><span>E-mail address</span><input name="email" type="email" value="${customer.email}" required></label>
  <label class="field"><span>Telephone</span><input name="phone" value="${customer.ph ?? ''}"></label>
  <p>${interestCodes.map((code) => html`<label><input type="checkbox" name="interest-${code}" value="Y"${interests.has(code) && html` checked`}> ${code.toLowerCase()}</label> `)}</p>
  <p><label><input type="checkbox" name="newsletter" value="Y"${customer.nl_flg === 'Y' && html` checked`}> Send me the newsletter</label></p>
  <h2>A new address</h2><p class="soft">Left empty, your addresses stay as they are; a new one replaces them.</p>
  <label class="field"><span>Street</span><input name="line1"></label><label class="field"><span>Suite</span><input name="line2"></label>
  <div class="two"><label class="field"><span>City</span><input name="city"></label>
  <div class="two"><label class="field"><span>State</span><input name="state" maxlength="2"></label><label class="field"><span>ZIP</span><input name="zip"></label></div></div>
  <button>Save</button>
</form>
<div><h2>Loyalty</h2><p>${tierWords(customer.loy_tier)}</p><h2>Addresses</h2>${addresses.map(
    (address) =>
      html`<p>${address.typ_cd === 'B' ? 'Billing' : 'Shipping'}${address.dflt_flg === 'Y' && ' (default)'}<br>${address.ln1}<br>${address.ln2 && html`${address.ln2}<br>`}${address.city} ${address.st} ${address.zip}</p>`,
  )}${addresses.length === 0 && html`<p class="soft">None: you pick up in store.</p>`}</div></div>`
}

function tierWords(tier: string | null): string {
  if (tier === null) return 'We have not rated you yet; that happens at night.'
  return tier === 'NONE'
    ? 'No tier yet. From $300 on you are silver.'
    : `You are ${tier.toLowerCase()}. Thank you for coming back!`
}
