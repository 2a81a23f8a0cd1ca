import type { AggregateRows, Row, Translation } from '@banyan/toolkit/anti-corruption'
import { expect, test } from 'vitest'
import { customerTranslator } from '../extracted-services/users/src/anti-corruption/customer-translator.ts'
import { capability } from '../extracted-services/users/src/capability.ts'
import { seen, send } from './users/legacy-requests.ts'
import { loadCustomers, seededShop, startTwoArms } from './users/two-arms.ts'

test('law 10: one translator, many uses: the manifest of the sync holds the one that the legacy-speaking API uses', async () => {
  expect(capability.aggregate.translator).toBe(customerTranslator)
  const arms = await startTwoArms(0.05)
  const request = { method: 'GET', target: '/api/customers/9', key: arms.key }
  expect(seen(await send(arms.service.url, request))).toContain('"status":"A"')
  const { toLegacy } = customerTranslator
  // Both see what the translator says, because there is no second mapping that could say otherwise.
  customerTranslator.toLegacy = (service, before) => {
    const { ok, value } = { value: undefined, ...toLegacy(service, before) }
    if (!ok || value === undefined) throw new Error('not carried over')
    return { ok, value: { ...value, root: { ...value.root, st_cd: 'S' } } }
  }
  try {
    expect(seen(await send(arms.service.url, request))).toContain('"status":"S"')
  } finally {
    customerTranslator.toLegacy = toLegacy
  }
})

test('over the whole seeded shop, toLegacy(toService(l)) equals l in every column that users own', async () => {
  const customers = await loadCustomers(await seededShop(1))
  expect(customers.length).toBe(2000)
  for (const customer of customers) {
    const back = carriedOver(customerTranslator.toLegacy(carriedOver(customerTranslator.toService(customer))))
    expect(back).toEqual(owned(customer))
  }
})

test('over the whole seeded shop, toService(toLegacy(s, l), s) equals s', async () => {
  for (const customer of await loadCustomers(await seededShop(1))) {
    const service = carriedOver(customerTranslator.toService(customer))
    const legacy = carriedOver(customerTranslator.toLegacy(service, customer))
    expect(carriedOver(customerTranslator.toService(legacy, service))).toEqual(service)
  }
})

test("the sync's backfill of the whole seeded shop leaves nothing in quarantine and both sides equal", async () => {
  const { sync, service } = await startTwoArms(1)
  expect(await service.db('users').count({ users: '*' })).toEqual([{ users: 2000 }])
  expect(await sync.quarantined()).toEqual([])
  expect(await sync.verify()).toMatchObject({ equal: true, samples: [] })
})

test('a customer with an unknown code or an impossible date goes to quarantine with the reason; the others go on', async () => {
  const { sync, legacy, service } = await startTwoArms(0.05)
  await legacy.db('cust').where({ cust_id: 20 }).update({ st_cd: 'Q' })
  await legacy.db('cust').where({ cust_id: 21 }).update({ crt_dt: '02/30/2019 09:00 AM' })
  await legacy.db('cust').where({ cust_id: 22 }).update({ nm: 'AFTER, ALL' })
  await sync.follow({ until: 'caught-up' })
  const reasons = new Map((await sync.quarantined()).map(({ key, reason }) => [Number(key), reason]))
  expect(reasons.get(20)).toContain('st_cd: unknown code "Q"')
  expect(reasons.get(21)).toContain('crt_dt: no possible time')
  expect(reasons.size).toBe(2)
  expect(await service.db('users').where({ id: 22 }).first('family_name')).toEqual({ family_name: 'After' })
})

function owned({ root, children }: AggregateRows): AggregateRows {
  const pick = (columns: readonly string[]) => (row: Row) => {
    return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))
  }
  const columns = customerTranslator.columns?.legacy
  const addresses = (children.addresses ?? []).map(pick(columns?.children.addresses ?? []))
  return { root: pick(columns?.root ?? [])(root), children: { addresses } }
}

function carriedOver<Value>(translation: Translation<Value>): Value {
  if (translation.ok) return translation.value
  throw new Error(JSON.stringify(translation.problems))
}
