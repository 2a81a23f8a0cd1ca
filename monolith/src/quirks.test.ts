import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openShop } from '../test/shop-fixture.ts'
import { select, selectOne } from './database/query.ts'
import { rateLoyalty } from './jobs/loyalty.ts'

const now = new Date('2025-07-04T12:34:56Z')
const order = {
  customerId: 16,
  lines: [{ productId: 2, quantity: 2 }],
  payment: { type: 'CC', card: '4242 4242 4242 4242' },
}
const keeper = { email: 'keeper@harbor-and-pine.example', password: 'welcome1' }

/** Each quirk of monolith/README.md, proven to be there. */
describe('the quirks of the shop', () => {
  test('names and types of 2011: local times, flags, codes, comma lists, decimal strings', async () => {
    const { shop } = await openShop()
    const customer = await selectOne<Record<string, unknown>>(shop.db, 'SELECT * FROM cust WHERE cust_id = 16')
    expect(customer).toMatchObject({
      nm: expect.stringMatching(/^[^a-z]+, [^a-z]+$/),
      crt_dt: expect.stringMatching(/^\d\d\/\d\d\/\d{4} \d\d:\d\d [AP]M$/),
      st_cd: expect.stringMatching(/^[ASX]$/),
      del_flg: 'N',
      intrsts: expect.stringMatching(/^([A-Z]+(,[A-Z]+)*)?$/),
    })
    const header = await selectOne<Record<string, unknown>>(
      shop.db,
      'SELECT tot_amt, ship_to FROM ord_hdr WHERE ord_id = 1',
    )
    expect(header).toMatchObject({ tot_amt: expect.stringMatching(/^\d+\.\d\d$/), ship_to: expect.any(String) })
  })

  test('passwords are salted SHA-1 in hex', async () => {
    const { shop } = await openShop()
    const row = await selectOne<{ pwd_hash: string; pwd_salt: string }>(
      shop.db,
      'SELECT pwd_hash, pwd_salt FROM cust WHERE cust_id = 7',
    )
    expect(row?.pwd_hash).toBe(createHash('sha1').update(`${row?.pwd_salt}welcome1`).digest('hex'))
  })

  test('a deleted customer keeps the e-mail address', async () => {
    const { api } = await openShop()
    const email = (await api('get', '/customers/7')).body.email
    await api('delete', '/customers/7')
    const again = await api('post', '/customers').send({ name: 'SMITH, JOHN', email, password: 'secret1' })
    expect(again.body).toEqual({ ok: false, err: 'EMAIL TAKEN' })
  })

  test('old endpoints refuse with 200, newer ones with proper codes', async () => {
    const { api } = await openShop()
    expect((await api('post', '/orders').send({ ...order, customerId: 13 })).body).toEqual({
      ok: false,
      err: 'NO CUST',
    })
    expect((await api('put', '/products/1').send({ price: 'free' }).expect(200)).body).toEqual({
      ok: false,
      err: 'BAD PRICE',
    })
    await api('post', '/inventory/1/count').send({ delta: -100_000 }).expect(422)
    await api('post', '/inventory/1/count').send({ delta: -9_000 }).expect(409)
    await api('post', '/shipments/999999/dispatch').expect(404)
  })

  test('placing an order writes the customer, the stock, the payment, the shipment and a mail, in one transaction', async () => {
    const { api, shop } = await openShop({ now })
    const before = await selectOne<{ qty_oh: number }>(shop.db, 'SELECT qty_oh FROM inv WHERE prod_id = 2')
    const buyer = await shop.db('cust').where({ cust_id: 16 }).first()
    const { body } = await api('post', '/orders').send(order).expect(200)
    expect(body).toMatchObject({ ok: true, id: '201' })
    const rows = await select<Record<string, unknown>>(
      shop.db,
      `SELECT c.lst_ord_dt, c.upd_dt, h.ord_dt, i.qty_oh, p.card_l4, s.st_cd AS shp_st, m.st_cd AS ml_st
       FROM ord_hdr h JOIN cust c ON c.cust_id = h.cust_id JOIN inv i ON i.prod_id = 2 JOIN pmt p ON p.ord_id = h.ord_id
       JOIN shpmt s ON s.ord_id = h.ord_id JOIN ml_out m ON m.to_addr = c.email AND m.subj = 'Your order 201' WHERE h.ord_id = 201`,
    )
    expect(rows).toMatchObject([
      {
        lst_ord_dt: '07/04/2025 08:34 AM',
        ord_dt: '07/04/2025 08:34 AM',
        qty_oh: (before?.qty_oh ?? 0) - 2,
        card_l4: '4242',
        shp_st: 'P',
        ml_st: 'Q',
      },
    ])
    expect(await shop.db('cust').where({ cust_id: 16 }).first()).toEqual({
      ...buyer,
      lst_ord_dt: '07/04/2025 08:34 AM',
    })
  })

  test('a refused order leaves nothing behind', async () => {
    const { api, shop } = await openShop()
    const figures = () =>
      select(
        shop.db,
        'SELECT (SELECT SUM(qty_oh) FROM inv) AS stock, (SELECT COUNT(*) FROM ord_hdr) AS orders, (SELECT COUNT(*) FROM ml_out) AS mails',
      )
    const before = await figures()
    await shop.db('inv').where({ prod_id: 3 }).update({ qty_oh: 1 })
    await shop.db('inv').where({ prod_id: 2 }).update({ qty_oh: 60 })
    const changed = await figures()
    const lines = [{ productId: 2 }, { productId: 3, quantity: 5 }]
    expect((await api('post', '/orders').send({ ...order, lines })).body).toEqual({ ok: false, err: 'OUT OF STOCK' })
    expect(
      (await api('post', '/orders').send({ ...order, payment: { type: 'CC', card: '4000000000000002' } })).body,
    ).toEqual({ ok: false, err: 'CARD DECLINED' })
    expect(await figures()).toEqual(changed)
    expect(before).not.toEqual(changed)
  })

  test('a page view writes the customer row, and nothing else of it', async () => {
    const { browser, shop } = await openShop({ now })
    const reader = browser()
    await reader.post('/login').type('form').send(keeper).expect(303)
    const before = await shop.db('cust').where({ cust_id: 1 }).first()
    await reader.get('/products/2').expect(200)
    expect(await shop.db('cust').where({ cust_id: 1 }).first()).toEqual({
      ...before,
      lst_seen_dt: '07/04/2025 08:34 AM',
    })
  })

  test('the log-in reads the orders: who has one under way is shown it', async () => {
    const { browser, api, shop } = await openShop()
    await shop.db('ord_hdr').where({ cust_id: 1 }).update({ st_cd: 'D' })
    expect((await browser().post('/login').type('form').send(keeper)).headers.location).toBe('/')
    await api('post', '/orders').send({ ...order, customerId: 1 })
    expect((await browser().post('/login').type('form').send(keeper)).headers.location).toBe('/orders')
  })

  test('the nightly job writes loyalty tiers behind everybody and leaves upd_dt alone', async () => {
    const { shop } = await openShop({ now })
    const before = await select<{ cust_id: number; loy_tier: string | null; upd_dt: string }>(
      shop.db,
      'SELECT cust_id, loy_tier, upd_dt FROM cust ORDER BY cust_id',
    )
    await shop.db('cust').where({ cust_id: 16 }).update({ loy_tier: null })
    const run = await rateLoyalty(shop)
    const after = await select<{ cust_id: number; loy_tier: string | null; upd_dt: string }>(
      shop.db,
      'SELECT cust_id, loy_tier, upd_dt FROM cust ORDER BY cust_id',
    )
    expect(run.changed).toBeGreaterThan(0)
    expect(after[15]?.loy_tier).toMatch(/NONE|SILVER|GOLD|PLATINUM/)
    expect(after.map((row) => row.upd_dt)).toEqual(before.map((row) => row.upd_dt))
    expect((await rateLoyalty(shop)).changed).toBe(0)
  })

  test('sessions live in the database, and a new one is given at log-in with the cart', async () => {
    const { browser, shop } = await openShop()
    const buyer = browser()
    await buyer.post('/cart/add').type('form').send({ product: '2', quantity: '3' }).expect(303)
    const [anonymous] = await shop.db('sess').select('*')
    expect(anonymous).toMatchObject({ cust_id: null })
    await buyer.post('/login').type('form').send(keeper).expect(303)
    const [known, ...others] = await shop.db('sess').select('*')
    expect([known.cust_id, known.sess_id === anonymous.sess_id, others]).toEqual([1, false, []])
    expect((await buyer.get('/cart.json')).body.lines).toMatchObject([{ productId: '2', quantity: 3 }])
  })
})
