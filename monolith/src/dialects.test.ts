import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPostgres } from '../test/postgres.ts'
import { openShop } from '../test/shop-fixture.ts'
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
      const byKey = (row: Record<string, unknown>) => `${String(row[key]).padStart(12)}/${String(row.ln_no)}`
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

  test('a shop is emptied and seeded anew', async () => {
    const { shop } = await open()
    await emptyDatabase(shop.db)
    await seedDatabase(shop.db, 0.01)
    expect(await selectOne(shop.db, 'SELECT MAX(cust_id) AS last FROM cust')).toEqual({ last: 20 })
  })
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
