import { systemClock } from '@banyan/toolkit/base'
import { buildSync, type CutoverEdges, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import { select } from '@banyan/toolkit/service-database'
import { knowsKey } from '@banyan/toolkit/service-kit'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildApp } from '../extracted-services/orders/src/app.ts'
import { capability } from '../extracted-services/orders/src/capability.ts'
import { openDatabase } from '../extracted-services/orders/src/database/open.ts'
import { ownershipIn } from '../extracted-services/orders/src/database/ownership.ts'
import { buildNeighbour } from '../extracted-services/orders/src/neighbours/neighbour.ts'
import { startNeighbour, usersAnswer } from '../extracted-services/orders/test/neighbours.ts'
import { capability as users } from '../extracted-services/users/src/capability.ts'
import { buildApp as buildShop } from '../monolith/src/app.ts'
import { connect } from '../monolith/src/database/connect.ts'
import { rateLoyalty } from '../monolith/src/jobs/loyalty.ts'
import { cancelOrder } from '../monolith/src/orders/cancel-order.ts'
import { placeOrder } from '../monolith/src/orders/place-order.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
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
    const sync = await openSync(legacyUrl, serviceUrl)
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
    expect(await sync.totals()).toMatchObject({ equal: true, totals: [{ equal: true }, { equal: true }] })
    expect(await sync.checkInverse()).toMatchObject({ total: true, checked: 201 })
  })

  test('orders move to the service and back: what was placed on either side is on both, and the other arm is refused', async () => {
    const { shop, legacyUrl } = await openShop()
    const serviceUrl = await databases.freshUrl()
    const { orders, shopAsked } = await startOrders(shop, serviceUrl)
    const sync = await openSync(legacyUrl, serviceUrl)
    await placeOrder(shop, wish)
    await sync.install()
    await sync.backfill()
    expect(await sync.verify()).toMatchObject({ equal: true })
    const cutover = sync.cutover(quietEdge())
    const order = { userId: 1, lines: [{ productId: 2, quantity: 2 }], note: 'There and back' }
    await orders.post('/orders').send(order).expect(409)

    expect(await cutover.run('service')).toMatchObject({ outcome: 'done', epoch: 1 })
    const { body } = await orders.post('/orders').send(order).expect(201)
    expect(body.id).toBeGreaterThan(201)
    await orders.post(`/orders/${body.id}/cancel`).expect(200)
    const kept = await orders
      .post('/api/orders')
      .send({ customerId: 1, lines: [{ productId: 3 }], payment: { type: 'CK' } })
    expect(kept.body).toMatchObject({ ok: true })
    await expect(placeOrder(shop, wish)).rejects.toThrow('banyan: orders is owned by service')
    await expect(dispatch(shop, 201)).rejects.toThrow('banyan: orders is owned by service')

    await sync.follow({ until: 'caught-up' })
    expect(await sync.verify()).toMatchObject({ equal: true, direction: 'to legacy', aggregates: 203 })
    expect(await cutover.run('legacy')).toMatchObject({ outcome: 'done', epoch: 2 })
    expect((await shopAsked(`/api/orders/${body.id}`)).body).toMatchObject({
      customerId: '1',
      status: 'X',
      note: 'There and back',
      shipTo: 'Ian McKay|1 Main St|Ithaca|PA|14850|US',
      lines: [{ productId: '2', quantity: 2 }],
    })
    expect((await shopAsked(`/api/orders/${body.id}/history`)).body.history).toMatchObject([
      { status: 'A' },
      { status: 'X' },
    ])
    expect((await shopAsked(`/api/orders/${kept.body.id}`)).body).toMatchObject({ total: kept.body.total, status: 'A' })
    const placed = await placeOrder(shop, wish)
    expect(Number(placed.ok && placed.id)).toBeGreaterThan(Number(kept.body.id))
    await orders.post('/orders').send(order).expect(409)
    await sync.follow({ until: 'caught-up' })
    expect(await sync.verify()).toMatchObject({ equal: true, direction: 'to service', aggregates: 204 })
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

async function openSync(legacyUrl: string, serviceUrl: string): Promise<Sync> {
  const legacy = await openSyncDatabase(legacyUrl)
  const service = await openSyncDatabase(serviceUrl)
  const sync = buildSync({ manifest: capability, legacy, service, holder: 'test' })
  onTestFinished(() => sync.close())
  return sync
}

/** The orders service over its database, with the shop as one neighbour, and a stand-in for the users service as the other. */
async function startOrders(shop: Shop, serviceUrl: string) {
  const shopApp = await buildShop(shop)
  const shopUrl = await shopApp.listen({ port: 0, host: '127.0.0.1' })
  const key = demoApiKeys()[0]?.key ?? ''
  const usersUrl = (await startNeighbour(usersAnswer)).url
  const neighbours = { users: buildNeighbour('users', usersUrl), shop: buildNeighbour('shop', shopUrl) }
  const { db } = await openDatabase(serviceUrl)
  const ownership = ownershipIn('legacy')
  const deps = {
    db,
    ownership,
    ...neighbours,
    knowsKey: knowsKey([key]),
    clock: systemClock,
    logLevel: 'silent',
  } as const
  const app = await buildApp(deps)
  await app.ready()
  onTestFinished(async () => {
    await Promise.all([app.close(), shopApp.close(), neighbours.users.close(), neighbours.shop.close()])
    await db.destroy()
  })
  const shopAsked = (path: string) => supertest(shopApp.server).get(path).set('x-api-key', key)
  return { orders: supertest.agent(app.server).set('x-api-key', key), shopAsked }
}

/** An edge that only keeps whom it takes for the owner: nobody asks it, so that it has nothing to hold. */
function quietEdge(): CutoverEdges {
  let owner: 'legacy' | 'service' = 'legacy'
  const nothing = { held: 0, released: 0, refused: 0, left: 0, p50Ms: undefined, p99Ms: undefined, maxMs: undefined }
  return {
    see: async () => [{ url: 'http://127.0.0.1', answers: true, trouble: undefined, owner }],
    hold: async () => undefined,
    drained: async () => true,
    fenced: async () => true,
    moveOwner: async (next) => {
      owner = next
    },
    release: async () => nothing,
  }
}
