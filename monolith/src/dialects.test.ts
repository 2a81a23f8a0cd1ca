import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPostgres } from '../test/postgres.ts'
import { apiKey, openShop } from '../test/shop-fixture.ts'
import { openDatabase } from './database/open.ts'
import { select, selectOne } from './database/query.ts'
import { rateLoyalty } from './jobs/loyalty.ts'
import { drawShop } from './seed/draw-shop.ts'
import { emptyDatabase, seedDatabase } from './seed/seed.ts'

const fences = {
  sqlite: ["CREATE TRIGGER fence BEFORE DELETE ON cust_addr BEGIN SELECT RAISE(ABORT, 'owned by another system'); END"],
  postgres: [
    `CREATE FUNCTION fence() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'owned by another system'; END $$`,
    'CREATE TRIGGER fence BEFORE DELETE ON cust_addr FOR EACH ROW EXECUTE FUNCTION fence()',
  ],
} as const

/** Refuses changes of some columns of a customer, as somebody who has taken these over would. */
const columnFences = {
  sqlite: [
    `CREATE TRIGGER fence BEFORE UPDATE OF nm, loy_tier ON cust
     BEGIN SELECT RAISE(ABORT, 'moved: users may not be changed here; write through the front door'); END`,
  ],
  postgres: [
    `CREATE FUNCTION fence() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF OLD.nm IS DISTINCT FROM NEW.nm OR OLD.loy_tier IS DISTINCT FROM NEW.loy_tier THEN
         RAISE EXCEPTION 'moved: users may not be changed here'
           USING ERRCODE = 'P0001', HINT = 'write through the front door';
       END IF;
       RETURN NEW;
     END $$`,
    'CREATE TRIGGER fence BEFORE UPDATE ON cust FOR EACH ROW EXECUTE FUNCTION fence()',
  ],
} as const

const postgres = buildPostgres()
beforeAll(() => postgres.start())
afterAll(() => postgres.stop())

/** One suite over both databases that the shop runs on. */
describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  const open = async (now?: Date) =>
    openShop({ ...(dialect === 'postgres' && { url: await postgres.url() }), ...(now && { now }) })

  test('the seed holds what was drawn, whatever the dialect', async () => {
    const { shop } = await open()
    for (const { table, rows } of drawShop(0.02)) {
      if (table === 'ml_out') continue
      const key = Object.keys(rows[0] ?? {})[0] ?? ''
      const stored = await select<Record<string, unknown>>(shop.db, `SELECT * FROM ${table} ORDER BY 1, 2`)
      const byKey = (row: Record<string, unknown>) => `${String(row[key]).padStart(12)}/${String(row.ln_no ?? row.seq)}`
      const drawn = [...rows].sort((a, b) => (byKey(a) < byKey(b) ? -1 : 1))
      if (table !== 'api_cli' && table !== 'prod_cat' && table !== 'inv_mv') expect(stored).toMatchObject(drawn)
      expect(stored).toHaveLength(rows.length)
    }
  })

  test('customers are read, opened, changed and deleted', async () => {
    const { api } = await open(new Date('2025-07-04T12:34:56Z'))
    expect((await api('get', '/customers/6').expect(200)).body).toMatchObject({
      id: '6',
      name: 'GARCÍA, JOSÉ',
      createdAt: '2019-03-10T07:00Z',
    })
    const account = { first: 'İpek', last: 'Öztürk', email: 'Ipek@example.net', password: 'secret1' }
    expect((await api('post', '/customers').send(account)).body).toEqual({ ok: true, id: '41' })
    expect((await api('post', '/customers').send({ ...account, email: 'ipek@EXAMPLE.net' })).body).toEqual({
      ok: false,
      err: 'EMAIL TAKEN',
    })
    const address = { type: 'S', line1: '1 Wharf St', city: 'Troy', state: 'NY', zip: '12180' }
    expect((await api('put', '/customers/41').send({ phone: null, addresses: [address] })).body).toEqual({ ok: true })
    expect((await api('get', '/customers?after=39&limit=1')).body).toMatchObject({
      customers: [{ id: '40' }],
      next: '40',
    })
    expect((await api('delete', '/customers/41')).body).toEqual({ ok: true })
    await api('get', '/customers/41').expect(404)
  })

  test('an order goes all the way: placed, sent, delivered; another is cancelled', async () => {
    const { api } = await open()
    const order = { customerId: 16, lines: [{ productId: 2, quantity: 2 }], payment: { type: 'CK' } }
    const { id } = (await api('post', '/orders').send(order).expect(200)).body
    await api('post', `/shipments/${id}/dispatch`).expect(204)
    await api('post', `/shipments/${id}/dispatch`).expect(409)
    await api('post', `/shipments/${id}/deliver`).expect(204)
    expect((await api('get', `/orders/${id}`)).body).toMatchObject({
      status: 'D',
      lines: [{ productId: '2', quantity: 2 }],
      shipments: [{ status: 'D' }],
    })
    expect((await api('get', `/orders/${id}/payments`)).body.payments).toMatchObject([{ status: 'C', type: 'CK' }])
    expect((await api('post', `/payments/${id}/refund`)).body).toEqual({ ok: true })
    const other = (await api('post', '/orders').send(order)).body.id
    expect((await api('post', `/orders/${other}/cancel`)).body).toEqual({ ok: true })
    expect((await api('post', `/orders/${other}/cancel`)).body).toEqual({ ok: false, err: 'TOO LATE' })
    expect((await api('get', '/inventory/2/moves')).body.moves[0]).toMatchObject({ reason: 'RET', quantity: 2 })
  })

  test('carts, sessions, search, reports, mails and the nightly job answer', async () => {
    const { api, browser, shop } = await open(new Date('2025-07-04T12:34:56Z'))
    const buyer = browser()
    for (let turn = 0; turn < 2; turn++) await buyer.post('/cart/add').type('form').send({ product: '2' }).expect(303)
    await buyer
      .post('/login')
      .type('form')
      .send({ email: 'KEEPER@harbor-and-pine.example', password: 'welcome1' })
      .expect(303)
    await buyer.post('/checkout').type('form').send({ payment: 'CC', card: '4242424242424242' }).expect(303)
    for (const page of [
      '/',
      '/category/TOOLS',
      '/search?q=oak',
      '/orders',
      '/profile',
      '/admin',
      '/admin/reports/sales?year=2024',
    ]) {
      await buyer.get(page).expect(200)
    }
    expect((await api('get', '/reports/sales?year=2024')).body.months[0]).toMatchObject({
      month: '2024-01',
      total: expect.stringMatching(/^\d+\.\d\d$/),
    })
    expect((await api('get', '/reports/top-customers')).body.customers).toHaveLength(20)
    expect((await api('post', '/mails/flush')).body).toEqual({ ok: true, sent: 1 })
    expect((await rateLoyalty(shop)).rated).toBe(39)
    expect(await selectOne(shop.db, 'SELECT lst_seen_dt FROM cust WHERE cust_id = 1')).toEqual({
      lst_seen_dt: '07/04/2025 08:34 AM',
    })
  })

  test('thirty orders for the same goods at the same time never sell more than there is', async () => {
    const { api, shop } = await open()
    await shop.db('inv').where({ prod_id: 2 }).update({ qty_oh: 10, reord_qty: 0 })
    const order = { customerId: 16, lines: [{ productId: 2, quantity: 1 }], payment: { type: 'CK' } }
    const answers = await Promise.all(Array.from({ length: 30 }, () => api('post', '/orders').send(order)))
    expect(answers.filter(({ body }) => body.ok)).toHaveLength(10)
    expect(answers.filter(({ body }) => body.err === 'OUT OF STOCK')).toHaveLength(20)
    expect((await api('get', '/inventory/2')).body.onHand).toBe(0)
  })

  test('a trigger of somebody else refuses a write: 503 in its own words, and nothing was written', async () => {
    const { api, shop } = await open()
    for (const statement of fences[dialect]) await shop.db.raw(statement)
    const before = (await api('get', '/customers/7')).body
    const refused = await api('put', '/customers/7').send({ phone: '+1', addresses: [] }).expect(503)
    expect(refused.body).toEqual({ error: 'write refused by the database', detail: 'owned by another system' })
    expect((await api('get', '/customers/7')).body).toEqual(before)
  })

  test('after the customers have moved an order is placed as ever, and the nightly job is refused with what to do', async () => {
    const { api, browser, log, shop } = await open(new Date('2025-07-04T12:34:56Z'))
    for (const statement of columnFences[dialect]) await shop.db.raw(statement)
    const order = { customerId: 16, lines: [{ productId: 2 }], payment: { type: 'CK' } }
    expect((await api('post', '/orders').send(order)).body).toMatchObject({ ok: true, id: '201' })
    expect(await selectOne(shop.db, 'SELECT lst_ord_dt FROM cust WHERE cust_id = 16')).toEqual({
      lst_ord_dt: '07/04/2025 08:34 AM',
    })
    const tiers = () => select(shop.db, 'SELECT cust_id, loy_tier FROM cust ORDER BY cust_id')
    const before = await tiers()
    await expect(rateLoyalty(shop)).rejects.toMatchObject({
      code: 'job-refused',
      message: expect.stringMatching(/refused the loyalty job: moved: users.*write through the front door/),
    })
    const byKey = await browser().post('/admin/jobs/loyalty').set('x-api-key', apiKey).expect(503)
    expect(byKey.headers['retry-after']).toBe('1')
    expect(byKey.body.error).toContain('write through the front door')
    const keeper = browser()
    const account = { email: 'keeper@harbor-and-pine.example', password: 'welcome1' }
    await keeper.post('/login').type('form').send(account).expect(303)
    expect((await keeper.post('/admin/jobs/loyalty').expect(503)).text).toContain('write through the front door')
    expect(await tiers()).toEqual(before)
    expect(log.join()).toContain('refused the loyalty job')
  })

  test('what an order becomes is written down, and shown', async () => {
    const { api } = await open(new Date('2025-07-04T12:34:56Z'))
    const order = { customerId: 16, lines: [{ productId: 2 }], payment: { type: 'CK' } }
    const at = '2025-07-04T12:34Z'
    const { id } = (await api('post', '/orders').send(order)).body
    await api('post', `/shipments/${id}/dispatch`).expect(204)
    await api('post', `/shipments/${id}/deliver`).expect(204)
    expect((await api('get', `/orders/${id}/history`).expect(200)).body).toEqual({
      history: ['A', 'S', 'D'].map((status) => ({ status, at })),
    })
    const other = (await api('post', '/orders').send(order)).body.id
    await api('post', `/orders/${other}/cancel`)
    expect((await api('get', `/orders/${other}/history`)).body.history).toMatchObject([
      { status: 'A' },
      { status: 'X' },
    ])
    expect((await api('get', `/orders/${other}/shipments`)).body).toMatchObject({
      shipments: [{ id: other, status: 'X' }],
    })
    expect((await api('get', '/orders/9999/history').expect(404)).body).toEqual({ error: 'no such order' })
  })

  test('every seeded order has a history that ends where the order stands', async () => {
    const { shop } = await open()
    const wrong = await select(
      shop.db,
      `SELECT h.ord_id FROM ord_hdr h LEFT JOIN ord_st s
         ON s.ord_id = h.ord_id AND s.seq = (SELECT MAX(seq) FROM ord_st WHERE ord_id = h.ord_id)
       WHERE s.st_cd IS NULL OR s.st_cd <> h.st_cd`,
    )
    expect(wrong).toEqual([])
  })

  test('a database of the version before is brought up to date, with the history that its dates tell', async () => {
    const { file, shop } = await open()
    const history = () => select(shop.db, "SELECT * FROM ord_st WHERE st_cd <> 'X' ORDER BY ord_id, seq")
    const seeded = await history()
    await shop.db.schema.dropTable('ord_st')
    await shop.db('shop_inf').where({ k: 'schema' }).update({ v: '7' })
    const opened = await Promise.all([openDatabase(file), openDatabase(file)])
    for (const { db, state } of opened) {
      expect(state).toBe('shop')
      await db.destroy()
    }
    expect(await history()).toEqual(seeded)
    expect(await select(shop.db, "SELECT ord_id FROM ord_hdr WHERE st_cd = 'X' ORDER BY 1")).toEqual(
      await select(shop.db, "SELECT ord_id FROM ord_st WHERE st_cd = 'X' ORDER BY 1"),
    )
  })

  test('a shop is emptied and seeded anew', async () => {
    const { shop } = await open()
    await emptyDatabase(shop.db)
    await seedDatabase(shop.db, 0.01)
    expect(await selectOne(shop.db, 'SELECT MAX(cust_id) AS last FROM cust')).toEqual({ last: 20 })
  })
})

test('PostgreSQL is told who is connected: the shop, or its nightly job', async () => {
  const url = await postgres.url()
  const name = "SELECT current_setting('application_name') AS name"
  for (const [as, called] of [
    [undefined, 'shop'],
    ['shop loyalty job', 'shop loyalty job'],
  ] as const) {
    const { db } = await openDatabase(url, as)
    expect(await selectOne(db, name)).toEqual({ name: called })
    await db.destroy()
  }
})

test("another application's PostgreSQL database is refused", async () => {
  const url = await postgres.url()
  const { db } = await openDatabase(url)
  await db.raw('CREATE TABLE posts (id INTEGER)')
  await db.destroy()
  await expect(openDatabase(url)).rejects.toMatchObject({
    code: 'database-foreign',
    message: expect.stringContaining('(posts)'),
  })
})
