import { buildSync, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { select } from '@banyan/toolkit/service-database'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { capability } from '../extracted-services/orders/src/capability.ts'
import { openDatabase } from '../extracted-services/orders/src/database/open.ts'
import { capability as users } from '../extracted-services/users/src/capability.ts'
import { connect } from '../monolith/src/database/connect.ts'
import { rateLoyalty } from '../monolith/src/jobs/loyalty.ts'
import { cancelOrder } from '../monolith/src/orders/cancel-order.ts'
import { placeOrder } from '../monolith/src/orders/place-order.ts'
import { seedDatabase } from '../monolith/src/seed/seed.ts'
import { deliver, dispatch } from '../monolith/src/shipping/shipments.ts'
import type { Shop } from '../monolith/src/shop.ts'
import { type Databases, postgresDatabases, sqliteDatabases } from './service-databases.ts'

const wish = { customerId: 16, lines: [{ productId: 2, quantity: 1 }], means: { type: 'CK' }, source: 'API' } as const

describe.each([
  ['SQLite', sqliteDatabases],
  ['PostgreSQL', postgresDatabases],
])('on %s', (_dialect, startDatabases) => {
  let databases: Databases
  beforeAll(async () => {
    databases = await startDatabases()
  })
  afterAll(() => databases.stop())

  test('every order, line and step of the seeded shop is copied, followed, and proven equal on both sides', async () => {
    const { shop, legacyUrl } = await openShop()
    const serviceUrl = await databases.freshUrl()
    const { db } = await openDatabase(serviceUrl)
    onTestFinished(() => db.destroy())
    const sync = buildSync({
      manifest: capability,
      legacy: await openSyncDatabase(legacyUrl),
      service: await openSyncDatabase(serviceUrl),
      holder: 'test',
    })
    onTestFinished(() => sync.close())
    await sync.install()
    await sync.backfill()
    expect(await sync.quarantined()).toEqual([])
    await placeOrder(shop, wish)
    expect(await dispatch(shop, 201)).toBe('moved')
    expect(await deliver(shop, 201)).toBe('moved')
    await placeOrder(shop, wish)
    expect(await cancelOrder(shop, 202)).toEqual({ ok: true })
    await shop.db('ord_hdr').where({ ord_id: 7 }).update({ ship_to: 'ask the neighbour', nt: '' })
    await shop.db('ord_hdr').where({ ord_id: 8 }).del()
    await shop.db('ord_ln').where({ ord_id: 8 }).del()
    await shop.db('ord_st').where({ ord_id: 8 }).del()
    await sync.follow({ until: 'caught-up' })
    const steps = 'select status from order_status_history where order_id = ? order by seq'
    expect(await select(db, steps, [201])).toEqual(['accepted', 'sent', 'delivered'].map((status) => ({ status })))
    expect(await select(db, steps, [202])).toEqual(['accepted', 'cancelled'].map((status) => ({ status })))
    expect(await db('orders').where({ id: 7 }).first('ship_to_kind', 'ship_to_text', 'note')).toEqual({
      ship_to_kind: 'text',
      ship_to_text: 'ask the neighbour',
      note: '',
    })
    expect(await db('orders').where({ id: 8 })).toEqual([])
    expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 201 })
  })

  test('the fence of users refuses the nightly job with what to do, and lets orders be placed', async () => {
    const { shop, legacyUrl } = await openShop()
    const { legacy, translator } = users.aggregate
    const database = await openSyncDatabase(legacyUrl)
    onTestFinished(() => database.close())
    const owners = database.owners({ capability: 'users', arm: 'legacy' }, legacy, translator.columns?.legacy)
    await owners.install()
    expect(await owners.move({ owner: 'legacy', epoch: 0 }, { owner: 'service', epoch: 1 }, { withinMs: 2000 })).toBe(
      'moved',
    )
    expect(await placeOrder(shop, wish)).toMatchObject({ ok: true, id: '201' })
    const refused = await rateLoyalty(shop).catch((error: unknown) => error)
    expect(String(refused)).toMatch(/refused the loyalty job: banyan: users is owned by service.*cust\.loy_tier/)
    expect(String(refused)).toContain('banyan cutover users --to legacy')
  })

  async function openShop(): Promise<{ readonly shop: Shop; readonly legacyUrl: string }> {
    const legacyUrl = await databases.freshUrl()
    const db = connect(legacyUrl)
    onTestFinished(() => db.destroy())
    await seedDatabase(db, 0.02)
    return { shop: { db, now: () => new Date('2025-07-04T12:34:56Z'), log: () => undefined }, legacyUrl }
  }
})
