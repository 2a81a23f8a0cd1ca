import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openShop } from '../../test/shop-fixture.ts'

test('a trigger of somebody else that refuses a write is answered 503, and reads go on', async () => {
  const { api, file, log } = await openShop()
  const other = new Database(file)
  other.exec(
    "CREATE TRIGGER fence BEFORE UPDATE OF ph ON cust BEGIN SELECT RAISE(ABORT, 'owned by another system'); END",
  )
  other.close()
  const refused = await api('put', '/customers/7').send({ phone: '' }).expect(503)
  expect(refused.body).toEqual({ error: 'write refused by the database', detail: 'owned by another system' })
  expect(refused.headers['retry-after']).toBe('1')
  expect(log.join()).toContain('owned by another system')
  await api('get', '/customers/7').expect(200)
  await api('put', '/customers/7').send({ newsletter: 'Y' }).expect(200)
})

test('a refused order leaves nothing behind', async () => {
  const { api, file, shop } = await openShop()
  const other = new Database(file)
  other.exec("CREATE TRIGGER fence BEFORE UPDATE OF lst_ord_dt ON cust BEGIN SELECT RAISE(ABORT, 'not you'); END")
  other.close()
  const count = () => shop.db('ord_hdr').count('* as n').first()
  const before = await count()
  const order = { customerId: 16, lines: [{ productId: 2 }], payment: { type: 'CK' } }
  await api('post', '/orders').send(order).expect(503)
  expect(await count()).toEqual(before)
})

test('a page is shown although the note that its reader was seen is refused', async () => {
  const { browser, file, log } = await openShop()
  const reader = browser()
  await reader
    .post('/login')
    .type('form')
    .send({ email: 'keeper@harbor-and-pine.example', password: 'welcome1' })
    .expect(303)
  const other = new Database(file)
  other.exec("CREATE TRIGGER fence BEFORE UPDATE OF lst_seen_dt ON cust BEGIN SELECT RAISE(ABORT, 'not you'); END")
  other.close()
  await reader.get('/').expect(200)
  expect(log.join()).toContain('not noted as seen')
})

test('a locked database answers writes with 503 after a while, and reads at once', async () => {
  const { api, browser, file } = await openShop()
  const holder = new Database(file)
  holder.exec('BEGIN IMMEDIATE')
  const write = api('put', '/customers/7').send({ phone: '' })
  const [written, read] = await Promise.all([write, api('get', '/customers/7')])
  expect([read.status, written.status, written.body]).toEqual([200, 503, { error: 'database busy' }])
  const page = await browser().post('/cart/add').type('form').send({ product: '2' })
  expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8'])
  holder.exec('ROLLBACK')
  holder.close()
  await api('put', '/customers/7').send({ phone: '' }).expect(200)
})

test('a write waits for a short lock instead of failing', async () => {
  const { api, file } = await openShop()
  const holder = new Database(file)
  holder.exec('BEGIN IMMEDIATE')
  const write = api('put', '/customers/7')
    .send({ phone: '' })
    .then((answer) => answer)
  setTimeout(() => holder.exec('COMMIT').close(), 400)
  expect(await write).toMatchObject({ status: 200, body: { ok: true } })
})

test('what is not there is JSON below /api and a page elsewhere', async () => {
  const { api, browser } = await openShop()
  expect((await api('get', '/nothing').expect(404)).body).toEqual({ error: 'not found' })
  expect((await browser().get('/nothing').expect(404)).text).toContain('Page not found')
})
