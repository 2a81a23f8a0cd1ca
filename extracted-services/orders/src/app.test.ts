import { systemClock } from '@banyan/toolkit/base'
import { isSqlite, type Owner, select } from '@banyan/toolkit/service-database'
import { knowsKey } from '@banyan/toolkit/service-kit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Knex } from 'knex'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Databases, openMigrated, postgresDatabases, sqliteDatabases } from '../test/databases.ts'
import { shopAnswer, startNeighbour, usersAnswer } from '../test/neighbours.ts'
import { buildApp } from './app.ts'
import { connectDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import { ownershipIn } from './database/ownership.ts'
import { buildNeighbour } from './neighbours/neighbour.ts'

const wish = { userId: 1, lines: [{ productId: 6 }, { productId: 5, quantity: 2 }, { productId: 6 }] }
const legacyWish = { customerId: '1', lines: [{ productId: '5' }], payment: { type: 'CK' } }

describe.each([
  ['SQLite', sqliteDatabases],
  ['PostgreSQL', postgresDatabases],
])('on %s', (_dialect, startDatabases) => {
  let databases: Databases
  beforeAll(async () => {
    databases = await startDatabases()
  })
  afterAll(() => databases.stop())

  test('the schema is made once, and PostgreSQL is told who makes it', async () => {
    const db = connectDatabase(await databases.freshUrl())
    onTestFinished(() => db.destroy())
    if (!isSqlite(db))
      expect(await select(db, 'show application_name')).toEqual([{ application_name: 'orders service' }])
    expect(await migrate(db)).toEqual(['001-create-orders'])
    expect(await migrate(db)).toEqual([])
  })

  test('an order is placed at the prices of the catalogue, found, listed and cancelled', async () => {
    const { agent } = await start()
    const placed = await agent
      .post('/orders')
      .send({ ...wish, note: ' At the back ' })
      .expect(201)
    expect(placed.headers.location).toBe('/orders/1')
    expect(placed.body).toMatchObject({
      id: 1,
      userId: 1,
      status: 'accepted',
      source: 'api',
      // The shipping address comes before the default one, and Pennsylvania knows no tax here.
      shipTo: { kind: 'address', recipient: 'Ian McKay', line1: '1 Main St', region: 'PA' },
      goodsCents: 12_010,
      shippingCents: 0,
      taxCents: 0,
      totalCents: 12_010,
      note: 'At the back',
      lines: [
        { productId: 5, title: 'Oak spoon', quantity: 2, unitPriceCents: 1995, amountCents: 3990 },
        { productId: 6, title: 'Pine stool', quantity: 2, unitPriceCents: 4010, amountCents: 8020 },
      ],
      history: [{ status: 'accepted', at: placed.body.placedAt }],
    })
    expect((await agent.get('/orders/1').expect(200)).body).toEqual(placed.body)
    expect((await agent.get('/orders').expect(200)).body).toEqual({ orders: [placed.body], next: null })
    const cancelled = await agent.post('/orders/1/cancel').expect(200)
    expect(cancelled.body).toMatchObject({
      status: 'cancelled',
      history: [{ status: 'accepted' }, { status: 'cancelled' }],
    })
    expect((await agent.post('/orders/1/cancel').expect(409)).body).toMatchObject({ code: 'order-too-late' })
    await agent.post('/orders/2/cancel').expect(404)
  })

  test('an address that is asked for is used; who has none picks the order up; New York has its tax, small orders their shipping', async () => {
    const { agent } = await start()
    const lines = [{ productId: 5 }]
    const billed = await agent.post('/orders').send({ userId: 1, lines, addressId: 11 }).expect(201)
    expect(billed.body).toMatchObject({ shipTo: { region: 'NY' }, shippingCents: 595, taxCents: 177, totalCents: 2767 })
    expect((await agent.post('/orders').send({ userId: 3, lines }).expect(201)).body.shipTo).toEqual({
      kind: 'pick-up',
    })
  })

  test.each([
    ['an unknown user', { ...wish, userId: 9 }, 422, 'user-unknown'],
    ['a user who is not active', { ...wish, userId: 2 }, 409, 'user-not-active'],
    ['a product that is not there', { ...wish, lines: [{ productId: 8 }] }, 422, 'product-unknown'],
    ['a product that is not on sale', { ...wish, lines: [{ productId: 7 }] }, 422, 'product-unknown'],
    ['more than there is', { ...wish, lines: [{ productId: 5, quantity: 4 }] }, 409, 'out-of-stock'],
    ["somebody else's address", { ...wish, addressId: 99 }, 422, 'address-unknown'],
    ['a way to pay', { ...wish, payment: { type: 'CC' } }, 400, 'request-invalid'],
  ])('%s is refused by name, and nothing is written', async (_what, body, status, code) => {
    const { agent, db } = await start()
    expect((await agent.post('/orders').send(body).expect(status)).body).toMatchObject({ status, code })
    expect(await db('orders')).toEqual([])
  })

  test.each([
    ['a character that no text column can hold', { ...wish, note: 'a\u0000b' }, 'note:'],
    ['a quantity below one', { ...wish, lines: [{ productId: 5, quantity: -1 }] }, 'lines[0].quantity:'],
    ['a part of a thing', { ...wish, lines: [{ productId: 5, quantity: 1.5 }] }, 'lines[0].quantity:'],
    ['an id beyond what is stored', { ...wish, userId: 2 ** 31 }, 'userId:'],
    ['an id beyond what is counted', { ...wish, lines: [{ productId: 1e300 }] }, 'lines[0].productId:'],
    ['51 lines', { ...wish, lines: Array.from({ length: 51 }, () => ({ productId: 5 })) }, 'lines:'],
    ['no line', { ...wish, lines: [] }, 'lines:'],
    ['a list', [wish], 'expected object'],
  ])('%s is refused as 400, and nobody is asked', async (_what, body, named) => {
    const { agent, users } = await start()
    const refused = await agent.post('/orders').send(body).expect(400)
    expect(refused.body).toMatchObject({ code: 'request-invalid', detail: expect.stringContaining(named) })
    expect(users.asked).toEqual([])
  })

  test('while the users service or the shop is down, an order is answered 503 with when to try again, and nothing is written', async () => {
    const { agent, db, users, shop } = await start()
    await agent.post('/orders').send(wish).expect(201)
    await users.stop()
    const refused = await agent.post('/orders').send(wish).expect(503).expect('retry-after', '1')
    expect(refused.headers['content-type']).toBe('application/problem+json')
    expect(refused.body).toMatchObject({
      code: 'users-unavailable',
      detail: expect.stringContaining('nothing was written'),
    })
    const legacy = await agent.post('/api/orders').send(legacyWish).expect(503).expect('retry-after', '1')
    expect(legacy.body).toMatchObject({ error: 'users unavailable' })
    await shop.stop()
    await agent.post('/orders/1/cancel').expect(503).expect('retry-after', '1')
    await agent.get('/api/orders/1').expect(503).expect('retry-after', '1')
    await agent.get('/orders/1').expect(200)
    expect(await db('orders').select('id', 'status')).toEqual([{ id: 1, status: 'accepted' }])
  })

  test('the neighbours are asked with the key, the id and the trace of who asks', async () => {
    const { agent, users } = await start()
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await agent.post('/orders').set({ 'x-request-id': 'r-1', traceparent: trace }).send(wish).expect(201)
    const { headers } = users.asked[0] ?? expect.fail('not asked')
    expect(headers).toMatchObject({ 'x-api-key': 'key-1', 'x-request-id': 'r-1' })
    expect(headers.traceparent).toContain('a'.repeat(32))
  })

  test('law 3: while legacy owns orders, writes of both APIs are refused with the owner and the remedy, and nobody is asked', async () => {
    const { agent, db, users } = await start('legacy')
    const clean = await agent.post('/orders').send(wish).expect(409)
    expect(clean.body).toMatchObject({
      code: 'not-the-owner',
      detail: expect.stringContaining('banyan cutover orders --to service'),
    })
    const legacy = await agent.post('/api/orders').send(legacyWish).expect(503).expect('retry-after', '1')
    expect(legacy.body).toMatchObject({
      error: 'write refused by the database',
      detail: expect.stringContaining('owned by legacy'),
    })
    expect(users.asked).toEqual([])
    expect(await db('orders')).toEqual([])
  })

  test('law 3: a row of banyan_owner decides, at the very next write, whatever was configured', async () => {
    const { agent, db } = await start('service')
    await agent.post('/orders').send(wish).expect(201)
    await db.schema.createTable('banyan_owner', (table) => {
      table.text('capability').primary()
      table.text('owner')
      table.integer('epoch')
    })
    await db('banyan_owner').insert({ capability: 'orders', owner: 'moving', epoch: 2 })
    const moving = await agent.post('/orders').send(wish).expect(503).expect('retry-after', '1')
    expect(moving.body).toMatchObject({ code: 'owner-moving', detail: expect.stringContaining('epoch 2') })
    await db('banyan_owner').update({ owner: 'service' })
    await agent.post('/orders').send(wish).expect(201)
  })

  test('law 3: what the fence refuses is answered as the owner row would', async () => {
    const { agent, db } = await start()
    const words =
      'orders is owned by legacy (epoch 4), so this database may not change orders.status; write through the edge'
    for (const statement of fence(isSqlite(db), `banyan: ${words}`)) await db.raw(statement)
    expect((await agent.post('/orders').send(wish).expect(409)).body).toMatchObject({
      code: 'not-the-owner',
      detail: words,
    })
    const legacy = await agent.post('/api/orders').send(legacyWish).expect(503)
    expect(legacy.body).toEqual({ error: 'write refused by the database', detail: words })
    expect(await db('order_lines')).toEqual([])
  })

  test('new orders get their ids from the database, above what it was told to start from', async () => {
    const { agent, db } = await start()
    await db.raw(
      isSqlite(db)
        ? "insert into sqlite_sequence (name, seq) values ('orders', 999)"
        : "select setval(pg_get_serial_sequence('orders', 'id'), 999)",
    )
    expect((await agent.post('/orders').send(wish).expect(201)).body.id).toBe(1000)
  })

  test("what one API writes, the other one shows; the shop's shipments are part of legacy's answer", async () => {
    const { agent, db } = await start()
    expect((await agent.post('/api/orders').send(legacyWish).expect(200)).text).toBe(
      '{"ok":true,"id":"1","total":"27.67"}',
    )
    expect((await agent.get('/orders/1')).body).toMatchObject({
      shipTo: { kind: 'address', recipient: 'McKAY, IAN', region: 'NY' },
      totalCents: 2767,
    })
    expect((await agent.get('/api/orders/1').expect(200)).body).toMatchObject({
      id: '1',
      status: 'A',
      total: '27.67',
      shipTo: 'McKAY, IAN|1 Main St|Ithaca|NY|14850|US',
      shipments: [{ id: '1', status: 'P' }],
    })
    expect((await agent.get('/api/orders/1/history')).body.history).toMatchObject([{ status: 'A' }])
    await orderNumbered(db, 2)
    // As legacy: nothing is known of what became of it, so there is no history to show.
    expect((await agent.get('/api/orders/2/history').expect(404)).body).toEqual({ error: 'no such order' })
    expect((await agent.post('/api/orders/1/cancel')).text).toBe('{"ok":true}')
    expect((await agent.post('/api/orders/1/cancel')).text).toBe('{"ok":false,"err":"TOO LATE"}')
  })

  test('what cannot be done without payments is said, in both APIs, and not done', async () => {
    const { agent, db } = await start()
    const card = { type: 'CC', card: '4242 4242 4242 4242' }
    const paid = await agent
      .post('/api/orders')
      .send({ ...legacyWish, payment: card })
      .expect(501)
    expect(paid.body).toMatchObject({
      error: 'not possible yet',
      detail: expect.stringContaining('payments are no service yet'),
    })
    await agent.post('/orders').send(wish).expect(201)
    await orderNumbered(db, 900)
    const cancelled = await agent.post('/orders/900/cancel').expect(501)
    expect(cancelled.body).toMatchObject({ code: 'not-possible-yet', detail: expect.stringContaining('only the shop') })
    await agent.post('/api/orders/900/cancel').expect(501)
    expect(await db('orders').where({ id: 900 }).first('status')).toEqual({ status: 'accepted' })
  })

  test('pages of one user follow each other in order of id and end with null', async () => {
    const { agent } = await start()
    for (const userId of [1, 3, 1, 1])
      await agent
        .post('/orders')
        .send({ ...wish, userId })
        .expect(201)
    const ids = async (query: string) => {
      const { body } = await agent.get(`/orders?${query}`).expect(200)
      return [body.orders.map((order: { id: number }) => order.id), body.next]
    }
    expect(await ids('userId=1&limit=2')).toEqual([[1, 3], 3])
    expect(await ids('userId=1&limit=2&after=3')).toEqual([[4], null])
    expect(await ids('limit=100')).toEqual([[1, 2, 3, 4], null])
  })

  async function start(owner: Owner = 'service') {
    const db = await openMigrated(await databases.freshUrl())
    return { db, ...(await appOn(db, owner)) }
  }
})

test.each([
  [{ customerId: 'x' }, 'bad customerId'],
  [{ ...legacyWish, addressId: '0' }, 'bad addressId'],
  [{ ...legacyWish, lines: [{ productId: '5', quantity: 100 }] }, 'bad lines'],
  [{ ...legacyWish, lines: {} }, 'bad lines'],
  [{ ...legacyWish, payment: { type: 'CC', card: '4242 4242 4242 4241' } }, 'bad payment'],
  [{ ...legacyWish, payment: null }, 'bad payment'],
])("legacy's body %j is refused in its words", async (body, error) => {
  const { agent } = await sqliteApp()
  expect((await agent.post('/api/orders').send(body).expect(400)).body).toEqual({ error })
})

test.each([
  [{ ...legacyWish, customerId: 9 }, 'NO CUST'],
  [{ ...legacyWish, customerId: 2 }, 'CUST NOT ACTIVE'],
  [{ ...legacyWish, lines: [] }, 'NO LINES'],
  [{ ...legacyWish, lines: [{ productId: 7 }] }, 'NO PROD'],
  [{ ...legacyWish, addressId: 99 }, 'NO ADDR'],
  [{ ...legacyWish, lines: [{ productId: 5, quantity: 4 }] }, 'OUT OF STOCK'],
])("legacy's wish %j is refused with 200", async (body, err) => {
  const { agent } = await sqliteApp()
  expect((await agent.post('/api/orders').send(body).expect(200)).body).toEqual({ ok: false, err })
})

test('every problem of a body is named at once', async () => {
  const { agent } = await sqliteApp()
  const answer = await agent
    .post('/orders')
    .send({ userId: 'x', lines: [{ quantity: 0 }], note: 1, colour: 'red' })
    .expect(400)
  for (const part of ['userId:', 'lines[0].productId:', 'lines[0].quantity:', 'note:', 'colour'])
    expect(answer.body.detail).toContain(part)
})

test.each(['abc', '0', '-1', '1.5', '2147483648', '%20', '1e1', '0x1', '%201', '01'])(
  'the id %s is refused with a problem',
  async (id) => {
    const { agent } = await sqliteApp()
    expect((await agent.get(`/orders/${id}`)).status).toBe(400)
  },
)

test('without a known key neither API answers anything', async () => {
  const { agent } = await sqliteApp()
  for (const [method, path] of [
    ['get', '/orders'],
    ['get', '/orders/1'],
    ['post', '/orders'],
    ['post', '/orders/1/cancel'],
  ] as const) {
    expect((await agent[method](path).set('x-api-key', 'wrong')).body).toMatchObject({
      status: 401,
      code: 'api-key-unknown',
    })
    expect((await agent[method](`/api${path}`).set('x-api-key', 'wrong')).body).toEqual({ error: 'invalid api key' })
  }
})

test('the schemas of the OpenAPI document are of its own dialect, and what is answered keeps to them', async () => {
  const { agent } = await sqliteApp()
  const { body } = await agent.get('/openapi.json').expect(200)
  expect(body.openapi).toBe('3.1.0')
  expect(Object.keys(body.paths).sort()).toEqual(['/orders', '/orders/{id}', '/orders/{id}/cancel'])
  const ajv = addFormats.default(new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: true }))
  const answered = (path: string, method: string, status: number) => {
    const [media] = Object.values<{ schema: object }>(body.paths[path][method].responses[status].content)
    return ajv.compile(media?.schema ?? expect.fail(path))
  }
  const sent = ajv.compile(body.paths['/orders'].post.requestBody.content['application/json'].schema)
  expect(sent(wish)).toBe(true)
  expect(answered('/orders', 'post', 201)((await agent.post('/orders').send(wish).expect(201)).body)).toBe(true)
  expect(answered('/orders', 'get', 200)((await agent.get('/orders')).body)).toBe(true)
  expect(answered('/orders/{id}', 'get', 404)((await agent.get('/orders/99')).body)).toBe(true)
  const page = await agent.get('/docs/').expect(200)
  expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//)
})

test('health says that the process lives, readiness that its database answers, whoever else is down', async () => {
  const { agent, users, shop } = await sqliteApp()
  await Promise.all([users.stop(), shop.stop()])
  expect((await agent.get('/healthz').expect(200)).text).toBe('{"status":"ok"}')
  expect((await agent.get('/readyz').expect(200)).body).toEqual({ status: 'ready', checks: { database: 'ok' } })
})

async function sqliteApp() {
  const databases = await sqliteDatabases()
  onTestFinished(() => databases.stop())
  return await appOn(await openMigrated(await databases.freshUrl()), 'service')
}

async function appOn(db: Knex, owner: Owner) {
  const [users, shop] = [await startNeighbour(usersAnswer), await startNeighbour(shopAnswer)]
  const [askUsers, askShop] = [buildNeighbour('users', users.url), buildNeighbour('shop', shop.url)]
  const app = await buildApp({
    db,
    ownership: ownershipIn(owner),
    knowsKey: knowsKey(['key-1']),
    clock: systemClock,
    users: askUsers,
    shop: askShop,
    logLevel: 'silent',
  })
  onTestFinished(async () => {
    await app.close()
    await Promise.all([askUsers.close(), askShop.close()])
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { agent: supertest.agent(app.server).set('x-api-key', 'key-1'), users, shop }
}

/** An order of that number, as it came from legacy. */
async function orderNumbered(db: Knex, id: number): Promise<void> {
  const [order] = await db('orders').limit(1)
  await db('orders').insert({ ...order, id })
}

/** A trigger of the shape that a cutover installs. */
function fence(sqlite: boolean, words: string): readonly string[] {
  if (sqlite) return [`create trigger fence before insert on orders begin select raise(abort, '${words}'); end`]
  return [
    `create function fence() returns trigger language plpgsql as $$
     begin raise exception '${words}' using errcode = 'P0001'; end $$`,
    'create trigger fence before insert on orders for each row execute function fence()',
  ]
}
