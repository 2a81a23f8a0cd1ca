import { describe, expect, test } from 'vitest'
import { openShop } from '../../test/shop-fixture.ts'
import { html } from './html.ts'

const keeper = { email: 'keeper@harbor-and-pine.example', password: 'welcome1' }

describe('the pages', () => {
  test('somebody looks around, fills a cart, logs in, checks out and sees the order', async () => {
    const { browser } = await openShop()
    const buyer = browser()
    expect((await buyer.get('/').expect(200)).text).toContain('What people are buying')
    expect((await buyer.get('/search?q=tea').expect(200)).text).toContain('Search: tea')
    await buyer.get('/products/2').expect(200)
    await buyer
      .post('/cart/add')
      .type('form')
      .send({ product: '2', quantity: '2' })
      .expect(303)
      .expect('location', '/cart')
    await buyer.get('/checkout').expect(303).expect('location', '/login?next=/checkout')
    await buyer
      .post('/login')
      .type('form')
      .send({ ...keeper, next: '/checkout' })
      .expect(303)
      .expect('location', '/checkout')
    expect((await buyer.get('/checkout').expect(200)).text).toContain('Place the order')
    const declined = await buyer
      .post('/checkout')
      .type('form')
      .send({ payment: 'CC', card: '4000000000000002' })
      .expect(422)
    expect(declined.text).toContain('Your bank said no')
    const placed = await buyer
      .post('/checkout')
      .type('form')
      .send({ payment: 'CC', card: '4242424242424242' })
      .expect(303)
    expect((await buyer.get(placed.headers.location ?? '').expect(200)).text).toContain('Thank you!')
    expect((await buyer.get('/orders').expect(200)).text).toContain('/orders/201')
    expect((await buyer.get('/cart').expect(200)).text).toContain('It is empty')
    await buyer.post('/logout').expect(303)
    await buyer.get('/orders').expect(303)
  })

  test('a wrong password, a suspended account and an unknown address do not log in', async () => {
    const { browser, shop } = await openShop()
    const suspended = await shop.db('cust').where({ cust_id: 12 }).first()
    const tries = [
      { ...keeper, password: 'wrong' },
      { email: 'no@one.example', password: 'x' },
      { email: suspended.email, password: 'welcome1' },
      {},
    ]
    for (const attempt of tries) await browser().post('/login').type('form').send(attempt).expect(401)
  })

  test('the profile is changed by its form, and a telephone number left empty is declined', async () => {
    const { browser, api } = await openShop()
    const reader = browser()
    await reader.post('/login').type('form').send(keeper)
    expect((await reader.get('/profile').expect(200)).text).toContain('KEEPER, SHOP')
    const form = { email: keeper.email, phone: '', newsletter: 'Y', 'interest-TOYS': 'Y' }
    await reader.post('/profile').type('form').send(form).expect(303)
    expect((await api('get', '/customers/1')).body).toMatchObject({
      name: 'KEEPER, SHOP',
      phone: '',
      newsletter: 'Y',
      interests: 'TOYS',
    })
    const taken = await reader
      .post('/profile')
      .type('form')
      .send({ ...form, email: 'ian.mckay@example.com' })
      .expect(422)
    expect(taken.text).toContain('another account')
  })

  test('an account is opened and logged in at once', async () => {
    const { browser } = await openShop()
    const newcomer = browser()
    await newcomer
      .post('/register')
      .type('form')
      .send({ first: 'Ann', last: 'Lee', email: 'no', password: 'secret1' })
      .expect(422)
    await newcomer
      .post('/register')
      .type('form')
      .send({ first: 'Ann', last: 'Lee', email: 'a@b.example', password: 'secret1' })
      .expect(303)
    expect((await newcomer.get('/profile').expect(200)).text).toContain('LEE, ANN')
  })

  test('the back office is for staff only; its reports add up', async () => {
    const { browser, shop } = await openShop()
    await browser().get('/admin').expect(303)
    const customer = await shop.db('cust').where({ st_cd: 'A', del_flg: 'N' }).whereNot({ cust_id: 1 }).first()
    const other = browser()
    await other.post('/login').type('form').send({ email: customer.email, password: 'welcome1' }).expect(303)
    await other.get('/admin').expect(403)
    await other
      .get('/orders/1')
      .expect((await shop.db('ord_hdr').where({ ord_id: 1 }).first()).cust_id === customer.cust_id ? 200 : 404)
    const staff = browser()
    await staff.post('/login').type('form').send(keeper)
    for (const path of ['/admin', '/admin/reports/sales?year=2024', '/admin/reports/customers'])
      await staff.get(path).expect(200)
    expect((await staff.get('/admin/reports/sales')).text).toContain('Sales of 2025')
    expect((await staff.get('/admin/reports/sales?year=1999')).text).toContain('Nothing was sold in this year.')
    await staff.post('/admin/jobs/loyalty').expect(303)
    expect((await staff.get('/admin')).text).toContain('customers changed tier')
  })

  test('what customers write is escaped', async () => {
    const { browser, api } = await openShop()
    await api('put', '/customers/1').send({ name: '"><SCRIPT>ALERT(1)</SCRIPT>' })
    const reader = browser()
    await reader.post('/login').type('form').send(keeper)
    const { text } = await reader.get('/profile')
    expect(text).not.toContain('<SCRIPT>')
    expect(text).toContain('&quot;&gt;&lt;SCRIPT&gt;')
    expect((await reader.get('/search?q=%3Cimg%20src=x%3E')).text).not.toContain('<img')
  })

  test('the log-in never leads to another host', async () => {
    const { browser } = await openShop()
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await browser()
        .post('/login')
        .type('form')
        .send({ ...keeper, next })
        .expect(303)
      expect(answer.headers.location).toMatch(/^\/(orders)?$/)
    }
  })

  test('the checkout shows what each line costs, not each piece', async () => {
    const { browser, shop } = await openShop()
    const buyer = browser()
    await buyer.post('/login').type('form').send(keeper)
    await buyer.post('/cart/add').type('form').send({ product: '2', quantity: '3' }).expect(303)
    const { prc, ttl } = await shop.db('prod').where({ prod_id: 2 }).first()
    const { text } = await buyer.get('/checkout').expect(200)
    expect(text).toContain(`3 &times; ${ttl}</td><td class="num">$${(3 * prc).toFixed(2)}</td>`)
  })

  test('odd carts are refused or bounded', async () => {
    const { browser } = await openShop()
    const buyer = browser()
    for (const quantity of ['0', '-1', '100', '1.5', 'x'])
      await buyer.post('/cart/add').type('form').send({ product: '2', quantity }).expect(400)
    await buyer.post('/cart/add').type('form').send({ product: '999999' }).expect(404)
    for (let turn = 0; turn < 2; turn++)
      await buyer.post('/cart/add').type('form').send({ product: '2', quantity: '60' })
    expect((await buyer.get('/cart.json')).body.lines).toMatchObject([{ quantity: 99 }])
    await buyer.post('/cart/set').type('form').send({ product: '2', quantity: '0' })
    expect((await buyer.get('/cart.json')).body).toEqual({ lines: [], total: '0.00' })
  })
})

test('a template escapes what is put in and joins lists', () => {
  expect(html`<p title="${'"'}">${['<a>', html`<b>`]}${null}${false}${0}</p>`.html).toBe(
    '<p title="&quot;">&lt;a&gt;<b>0</p>',
  )
})
