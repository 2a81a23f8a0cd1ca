import {
  type AggregateRows,
  checkLegacyRoundTrip,
  checkServiceRoundTrip,
  type Translator,
} from '@banyan/toolkit/anti-corruption'
import { expect, test } from 'vitest'
import { orderTranslator } from '../extracted-services/orders/src/anti-corruption/order-translator.ts'
import { capability } from '../extracted-services/orders/src/capability.ts'
import { carriedOver, loadOrders, startThreeServices } from './orders/three-services.ts'
import { seen, send } from './users/legacy-requests.ts'
import { seededShop } from './users/two-arms.ts'

const { toService, toLegacy } = orderTranslator

test('over the whole seeded shop both laws of the translator hold, in every column of orders, their lines and their history', {
  timeout: 90_000,
}, async () => {
  const orders = await loadOrders(await seededShop(1))
  const lawful = { checked: 10_000, untranslatable: 0, broken: [] }
  const translator = orderTranslator as Translator<AggregateRows, AggregateRows>
  expect(checkLegacyRoundTrip(translator, orders)).toEqual(lawful)
  expect(
    checkServiceRoundTrip(
      translator,
      orders.map((order) => carriedOver(toService(order))),
    ),
  ).toEqual(lawful)
})

test('the awkward customers have orders in the seed: without an address, abroad, beyond ASCII, noted and not', async () => {
  const orders = (await loadOrders(await seededShop(1))).map((order) => carriedOver(toService(order)).root)
  const kinds = new Set(orders.map(({ ship_to_kind }) => ship_to_kind))
  expect(kinds).toEqual(new Set(['address', 'pick-up']))
  const recipients = orders.map(({ ship_to_recipient }) => ship_to_recipient)
  for (const name of ['McKAY, IAN', "O'BRIEN, SIOBHAN", 'CHER', 'SMITH, JOHN, JR']) expect(recipients).toContain(name)
  expect(new Set(orders.map(({ note }) => note)).size).toBe(3)
  expect(
    orders.every((order) => order.goods_cents + order.shipping_cents + order.tax_cents === order.total_cents),
  ).toBe(true)
})

test('the totals of the manifest say the same of both sides', async () => {
  const { shop, orders } = await startThreeServices(0.1)
  for (const total of capability.totals ?? []) {
    const rows = async (db: typeof shop.db, sql: string) =>
      (await db.raw(sql)).map((row: object) => Object.values(row).map(String).join()).sort()
    expect(await rows(orders.db, total.service), total.name).toEqual(await rows(shop.db, total.legacy))
    expect((await rows(shop.db, total.legacy)).length).toBeGreaterThanOrEqual(3)
  }
})

test('law 10: one translator, many uses: the manifest of the sync holds the one that the legacy-speaking API uses', async () => {
  expect(capability.aggregate.translator).toBe(orderTranslator)
  const { orders, key } = await startThreeServices(0.02)
  const request = { method: 'GET', target: '/api/orders?limit=1', key }
  expect(seen(await send(orders.url, request))).toContain('"source":"')
  // Both see what the translator says, because there is no second mapping that could say otherwise.
  orderTranslator.toLegacy = (service, before) => {
    const { root, children } = carriedOver(toLegacy(service, before))
    return { ok: true, value: { root: { ...root, src_cd: 'FAX' }, children } }
  }
  try {
    expect(seen(await send(orders.url, request))).toContain('"source":"FAX"')
  } finally {
    orderTranslator.toLegacy = toLegacy
  }
})
