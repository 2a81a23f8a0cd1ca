import fc from 'fast-check'
import type { LegacyOrderRows } from '../src/anti-corruption/legacy-rows.ts'
import { shopTime } from '../src/anti-corruption/shop-time.ts'
import type { OrderRows, ShipToColumns } from '../src/database/rows.ts'

const instantMs = fc.integer({ min: Date.parse('1971-01-02T00:00Z'), max: Date.parse('2099-12-30T00:00Z') })
const instant = instantMs.map((ms) => new Date(ms).toISOString())
const local = instant.map((text) => String(shopTime.toLegacy(text)))
const key = fc.integer({ min: 1, max: 2_147_483_647 })
const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const part = text.map((value) => value.replaceAll('|', ''))
const amount = fc.integer({ min: 0, max: 99_999_999_999 })
const decimal = amount.map((cents) => {
  const digits = String(cents).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
})
const note = fc.oneof(fc.constantFrom(null, ''), text)
const legacyShipTo = fc.oneof(
  fc.array(part, { minLength: 6, maxLength: 6 }).map((parts) => parts.join('|')),
  fc.constantFrom('PICK UP IN STORE', '', '|||||', '||||||', 'call before you come'),
  text,
)

/** Orders as legacy may hold them: addresses that nobody can take apart and both kinds of no note among them. */
export const legacyOrders: fc.Arbitrary<LegacyOrderRows> = fc
  .record({
    root: fc.record({
      ord_id: key,
      cust_id: key,
      st_cd: fc.constantFrom('A', 'S', 'D', 'X'),
      ord_dt: local,
      ship_to: legacyShipTo,
      sub_amt: decimal,
      ship_amt: decimal,
      tax_amt: decimal,
      tot_amt: decimal,
      src_cd: fc.constantFrom('WEB', 'API', 'TEL'),
      nt: note,
    }),
    lines: fc.array(
      fc.record({ prod_id: key, ttl: text, qty: fc.integer({ min: 1, max: 99 }), prc: decimal, amt: decimal }),
      { maxLength: 4 },
    ),
    steps: fc.array(fc.record({ st_cd: fc.constantFrom('A', 'S', 'D', 'X'), chg_dt: local }), { maxLength: 4 }),
  })
  .map(({ root, lines, steps }) => ({
    root,
    children: {
      lines: lines.map((line, at) => ({ ord_id: root.ord_id, ln_no: at + 1, ...line })),
      history: steps.map((step, at) => ({ ord_id: root.ord_id, seq: at + 1, ...step })),
    },
  }))

const noParts = {
  ship_to_recipient: null,
  ship_to_line1: null,
  ship_to_city: null,
  ship_to_region: null,
  ship_to_postal_code: null,
  ship_to_country: null,
  ship_to_text: null,
}
const shipTo: fc.Arbitrary<ShipToColumns> = fc.oneof(
  fc.constant({ ...noParts, ship_to_kind: 'pick-up' }),
  text.map((ship_to_text) => ({ ...noParts, ship_to_kind: 'text', ship_to_text })),
  fc.record({
    ship_to_kind: fc.constant('address'),
    ship_to_recipient: text,
    ship_to_line1: text,
    ship_to_city: text,
    ship_to_region: text,
    ship_to_postal_code: text,
    ship_to_country: text,
    ship_to_text: fc.constant(null),
  }),
)
const status = fc.constantFrom('accepted', 'sent', 'delivered', 'cancelled')

/** Orders as the service may hold them: seconds, and bars within the parts of an address. */
export const serviceOrders: fc.Arbitrary<OrderRows> = fc
  .record({
    root: fc.record({
      id: key,
      user_id: key,
      status,
      placed_at: instant,
      source: fc.constantFrom('web', 'api', 'telephone'),
      goods_cents: amount,
      shipping_cents: amount,
      tax_cents: amount,
      total_cents: amount,
      note,
    }),
    shipTo,
    lines: fc.array(
      fc.record({
        product_id: key,
        title: text,
        quantity: fc.integer({ min: 1, max: 99 }),
        unit_price_cents: amount,
        amount_cents: amount,
      }),
      { maxLength: 4 },
    ),
    steps: fc.array(fc.record({ status, changed_at: instant }), { maxLength: 4 }),
  })
  .map(({ root, shipTo: to, lines, steps }) => ({
    root: { ...root, ...to },
    children: {
      lines: lines.map((line, at) => ({ order_id: root.id, line_no: at + 1, ...line })),
      history: steps.map((step, at) => ({ order_id: root.id, seq: at + 1, ...step })),
    },
  }))
