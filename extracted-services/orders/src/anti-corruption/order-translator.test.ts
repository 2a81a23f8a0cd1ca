import type { AggregateRows, Translation } from '@banyan/toolkit/anti-corruption'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { legacyOrders, serviceOrders } from '../../test/order-arbitraries.ts'
import type { LegacyOrderRows } from './legacy-rows.ts'
import { orderTranslator } from './order-translator.ts'

const { toService, toLegacy } = orderTranslator

test('toLegacy(toService(l)) equals l, without any memory of l', () => {
  fc.assert(
    fc.property(legacyOrders, (legacy) => {
      expect(carriedOver(toLegacy(carriedOver(toService(legacy))))).toEqual(legacy)
    }),
    { numRuns: 500 },
  )
})

test('toLegacy(toService(l, s), l) equals l, whatever the service held before', () => {
  fc.assert(
    fc.property(legacyOrders, serviceOrders, (legacy, before) => {
      expect(carriedOver(toLegacy(carriedOver(toService(legacy, before)), legacy))).toEqual(legacy)
    }),
  )
})

test('toService(toLegacy(s, l), s) equals s, whatever legacy held before: the way back is total', () => {
  fc.assert(
    fc.property(serviceOrders, fc.option(legacyOrders, { nil: undefined }), (service, before) => {
      expect(carriedOver(toService(carriedOver(toLegacy(service, before)), service))).toEqual(service)
    }),
    { numRuns: 500 },
  )
})

test('carrying over twice equals carrying over once', () => {
  fc.assert(
    fc.property(legacyOrders, (legacy) => {
      const once = carriedOver(toService(legacy))
      expect(carriedOver(toService(legacy, once))).toEqual(once)
    }),
  )
})

test('an order reads as people would say it', () => {
  const { root, children } = carriedOver(toService(order()))
  expect(root).toEqual({
    id: 7,
    user_id: 3,
    status: 'sent',
    placed_at: '2019-03-04T09:00:00.000Z',
    source: 'telephone',
    ship_to_kind: 'address',
    ship_to_recipient: 'McKAY, IAN',
    ship_to_line1: '1 Main St',
    ship_to_city: 'Ithaca',
    ship_to_region: 'NY',
    ship_to_postal_code: '14850',
    ship_to_country: 'US',
    ship_to_text: null,
    goods_cents: 1995,
    shipping_cents: 595,
    tax_cents: 177,
    total_cents: 2767,
    note: null,
  })
  expect(children.lines).toEqual([
    {
      order_id: 7,
      line_no: 1,
      product_id: 2,
      title: 'Oak spoon',
      quantity: 1,
      unit_price_cents: 1995,
      amount_cents: 1995,
    },
  ])
  expect(children.history).toEqual([
    { order_id: 7, seq: 1, status: 'accepted', changed_at: '2019-03-04T09:00:00.000Z' },
    { order_id: 7, seq: 2, status: 'sent', changed_at: '2019-03-05T09:00:00.000Z' },
  ])
})

test.each([
  ['PICK UP IN STORE', 'pick-up', null],
  ['SMITH, JOHN|1 | 2 Main St|Ithaca|NY|14850|US', 'text', 'SMITH, JOHN|1 | 2 Main St|Ithaca|NY|14850|US'],
  ['call before you come', 'text', 'call before you come'],
  ['', 'text', ''],
])('the shipping address "%s" is kept as it was written where it cannot be taken apart', (ship_to, kind, text) => {
  const service = carriedOver(toService(order({ ship_to })))
  expect(service.root).toMatchObject({ ship_to_kind: kind, ship_to_text: text, ship_to_line1: null })
  expect(carriedOver(toLegacy(service)).root.ship_to).toBe(ship_to)
})

test('no note and an empty note are both none, and stay two things on the way back', () => {
  for (const nt of [null, '', ' '])
    expect(carriedOver(toLegacy(carriedOver(toService(order({ nt }))))).root.nt).toBe(nt)
})

test('amounts that legacy wrote otherwise, and seconds that it never had, survive as long as nothing else is said', () => {
  const legacy = order({ tot_amt: '27.7' })
  const service = carriedOver(toService(legacy))
  expect(service.root.total_cents).toBe(2770)
  const noted = { ...service, root: { ...service.root, note: 'x', placed_at: '2019-03-04T09:00:42.123Z' } }
  const back = carriedOver(toLegacy(noted, legacy))
  expect(back.root).toMatchObject({ tot_amt: '27.7', nt: 'x', ord_dt: legacy.root.ord_dt })
  expect(carriedOver(toService(back, noted))).toEqual(noted)
})

test.each([
  ['an unknown status', { st_cd: 'Q' }, 'st_cd', 'unknown code "Q"'],
  ['an unknown source', { src_cd: 'FAX' }, 'src_cd', 'unknown code "FAX"'],
  ['an hour that the clocks skipped', { ord_dt: '03/10/2019 02:30 AM' }, 'ord_dt', 'the clocks skip it'],
  ['a day that the calendar lacks', { ord_dt: '02/30/2019 09:00 AM' }, 'ord_dt', 'no possible time'],
  ['an amount with three decimals', { tot_amt: '1.005' }, 'tot_amt', 'more than 2 decimals'],
  ['an amount that is none', { tax_amt: 'free' }, 'tax_amt', 'no decimal number'],
])('%s is a problem with path and reason, never a null and never a crash', (_what, columns, path, reason) => {
  const translation = toService(order(columns))
  if (translation.ok) throw new Error('translated')
  expect(translation.problems).toContainEqual({ path, reason: expect.stringContaining(reason) })
})

test('all problems of an order are named at once, with the line or the step that they are in', () => {
  const { root, children } = order({ st_cd: '?' })
  const lines = children.lines.map((line) => ({ ...line, prc: 'much' }))
  const history = children.history.map((step) => ({ ...step, st_cd: 'Z' }))
  const translation = toService({ root, children: { lines, history } })
  if (translation.ok) throw new Error('translated')
  expect(translation.problems.map(({ path }) => path)).toEqual([
    'st_cd',
    'lines[0].prc',
    'history[0].st_cd',
    'history[1].st_cd',
  ])
})

test('columns of any type that a database may hold are problems, not crashes', () => {
  const anything = fc.oneof(
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.date(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  const columns = fc.constantFrom('st_cd', 'ord_dt', 'ship_to', 'sub_amt', 'tot_amt', 'src_cd', 'nt')
  fc.assert(
    fc.property(columns, anything, (column, value) => {
      const rows: AggregateRows = { ...order(), root: { ...order().root, [column]: value } }
      expect((toService as (legacy: AggregateRows) => Translation<AggregateRows>)(rows).ok).toBe(false)
    }),
  )
})

test('what is lost is declared with an example that shows it', () => {
  expect(orderTranslator.losses.length).toBeGreaterThanOrEqual(3)
  for (const loss of orderTranslator.losses) expect(loss.example.from).not.toEqual(loss.example.to)
})

function order(columns: Partial<LegacyOrderRows['root']> = {}): LegacyOrderRows {
  return {
    root: {
      ord_id: 7,
      cust_id: 3,
      st_cd: 'S',
      ord_dt: '03/04/2019 04:00 AM',
      ship_to: 'McKAY, IAN|1 Main St|Ithaca|NY|14850|US',
      sub_amt: '19.95',
      ship_amt: '5.95',
      tax_amt: '1.77',
      tot_amt: '27.67',
      src_cd: 'TEL',
      nt: null,
      ...columns,
    },
    children: {
      lines: [{ ord_id: 7, ln_no: 1, prod_id: 2, ttl: 'Oak spoon', qty: 1, prc: '19.95', amt: '19.95' }],
      history: [
        { ord_id: 7, seq: 1, st_cd: 'A', chg_dt: '03/04/2019 04:00 AM' },
        { ord_id: 7, seq: 2, st_cd: 'S', chg_dt: '03/05/2019 04:00 AM' },
      ],
    },
  }
}

function carriedOver<Value>(translation: Translation<Value>): Value {
  if (translation.ok) return translation.value
  throw new Error(JSON.stringify(translation.problems))
}
