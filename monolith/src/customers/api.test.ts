import supertest from 'supertest'
import { describe, expect, test } from 'vitest'
import { openShop } from '../../test/shop-fixture.ts'
import { execute } from '../database/query.ts'

const now = new Date('2025-07-04T12:34:56Z')
const ann = { first: 'Ann', last: 'Lee', email: 'ann@lee.example', password: 'secret1' }

describe('customers of the JSON API', () => {
  test('a customer is answered with every key in order, ids as strings and instants in UTC', async () => {
    const { api, shop } = await openShop({ now })
    await execute(shop.db, "UPDATE cust SET lst_seen_dt = '07/01/2025 09:05 PM', loy_tier = NULL WHERE cust_id = 3")
    const answer = await api('get', '/customers/3').expect(200)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(Object.keys(answer.body)).toEqual(
      'id name email phone status newsletter interests loyaltyTier createdAt updatedAt lastSeenAt addresses'.split(' '),
    )
    expect(answer.body).toMatchObject({
      id: '3',
      name: "O'BRIEN, SIOBHAN",
      createdAt: '2019-11-03T05:30Z',
      lastSeenAt: '2025-07-02T01:05Z',
      loyaltyTier: null,
    })
    expect(Object.keys(answer.body.addresses[0])).toEqual(
      'id type line1 line2 city state zip country default'.split(' '),
    )
  })

  test('addresses come in the order of their ids, and may be none', async () => {
    const { api } = await openShop()
    const ids = (await api('get', '/customers/11')).body.addresses.map(({ id }: { id: string }) => Number(id))
    expect(ids).toEqual([...ids].sort((a: number, b: number) => a - b))
    expect((await api('get', '/customers/10')).body.addresses).toEqual([])
  })

  test('phone is null when never asked and empty when declined', async () => {
    const { api } = await openShop()
    expect((await api('get', '/customers/5')).body.phone).toBeNull()
    expect((await api('get', '/customers/12')).body.phone).toBe('')
  })

  test.each(['999999', 'abc', '0', '07', '-1', '1.5', '99999999999', '13'])(
    'customer "%s" is not there',
    async (id) => {
      const { api } = await openShop()
      expect((await api('get', `/customers/${id}`).expect(404)).body).toEqual({ error: 'no such customer' })
    },
  )

  test('without a known key nothing is answered', async () => {
    const { app } = await openShop()
    for (const key of [undefined, '', 'wrong']) {
      const request = supertest(app.server).get('/api/customers/7')
      const answer = await (key === undefined ? request : request.set('x-api-key', key)).expect(401)
      expect(answer.body).toEqual({ error: 'invalid api key' })
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    }
  })

  test('the list goes page by page through all who are not deleted', async () => {
    const { api } = await openShop()
    const seen: string[] = []
    let after: string | null = '0'
    while (after !== null) {
      const { body }: { body: { customers: { id: string }[]; next: string | null } } = await api(
        'get',
        `/customers?after=${after}&limit=7`,
      )
      seen.push(...body.customers.map((customer) => customer.id))
      expect(Object.keys(body.customers[0] ?? {})).toEqual([
        'id',
        'name',
        'email',
        'status',
        'loyaltyTier',
        'createdAt',
      ])
      after = body.next
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).not.toContain('13')
    expect(seen.at(-1)).toBe('40')
    expect((await api('get', '/customers')).body.customers).toHaveLength(25)
  })

  test('the list finds an e-mail address, upper or lower case', async () => {
    const { api } = await openShop()
    const { body } = await api('get', '/customers?email=ian.mckay@EXAMPLE.com')
    expect(body).toMatchObject({ customers: [{ id: '2', email: 'Ian.McKay@Example.COM' }], next: null })
  })

  test.each([
    ['after=x', 'bad after'],
    ['after=-1', 'bad after'],
    ['limit=0', 'bad limit'],
    ['limit=101', 'bad limit'],
    ['limit=many', 'bad limit'],
  ])('the list refuses %s', async (query, error) => {
    const { api } = await openShop()
    expect((await api('get', `/customers?${query}`).expect(400)).body).toEqual({ error })
  })

  test('an account is opened, and read back', async () => {
    const { api } = await openShop({ now })
    const address = { type: 'B', line1: '1 Wharf St', city: 'Troy', state: 'NY', zip: '12180', default: 'Y' }
    const opened = await api('post', '/customers').send({ ...ann, addresses: [address] })
    expect([opened.status, opened.body]).toEqual([200, { ok: true, id: '41' }])
    const { addresses, ...customer } = (await api('get', '/customers/41')).body
    expect(customer).toEqual({
      id: '41',
      name: 'LEE, ANN',
      email: 'ann@lee.example',
      phone: null,
      status: 'A',
      newsletter: 'N',
      interests: '',
      loyaltyTier: null,
      createdAt: '2025-07-04T12:34Z',
      updatedAt: '2025-07-04T12:34Z',
      lastSeenAt: null,
    })
    expect(addresses).toMatchObject([{ type: 'B', line1: '1 Wharf St', line2: null, country: 'US', default: 'Y' }])
  })

  test.each([
    [{ ...ann, first: '', last: ' ' }, 'NAME MISSING'],
    [{ email: ann.email, password: ann.password }, 'NAME MISSING'],
    [{ ...ann, email: 'nobody' }, 'BAD EMAIL'],
    [{ ...ann, password: 'short' }, 'PASSWORD TOO SHORT'],
    [{ ...ann, email: 'IAN.MCKAY@example.com' }, 'EMAIL TAKEN'],
  ])('an account with %o is refused: %s', async (body, err) => {
    const { api } = await openShop()
    const answer = await api('post', '/customers').send(body)
    expect([answer.status, answer.body]).toEqual([200, { ok: false, err }])
  })

  test('twenty who take one e-mail address at the same time: one gets it', async () => {
    const { api } = await openShop()
    const answers = await Promise.all(Array.from({ length: 20 }, () => api('post', '/customers').send(ann)))
    expect(answers.filter((answer) => answer.body.ok)).toHaveLength(1)
    expect(answers.filter((answer) => answer.body.err === 'EMAIL TAKEN')).toHaveLength(19)
  })

  test('what is given is changed, the rest stays, and the change is dated', async () => {
    const { api } = await openShop({ now })
    const before = (await api('get', '/customers/7')).body
    const changes = { phone: '', interests: 'TOYS,BOOKS', name: 'van der Berg, José' }
    expect((await api('put', '/customers/7').send(changes)).body).toEqual({ ok: true })
    expect((await api('get', '/customers/7')).body).toEqual({
      ...before,
      phone: '',
      interests: 'TOYS,BOOKS',
      name: 'VAN DER BERG, JOSÉ',
      updatedAt: '2025-07-04T12:34Z',
    })
  })

  test('addresses that are given replace all that were there', async () => {
    const { api } = await openShop()
    const address = {
      type: 'S',
      line1: 'x',
      line2: '',
      city: 'y',
      state: 'ME',
      zip: '04101',
      country: 'US',
      default: 'N',
    }
    await api('put', '/customers/11').send({ addresses: [address] })
    expect((await api('get', '/customers/11')).body.addresses).toEqual([{ id: expect.any(String), ...address }])
    await api('put', '/customers/11').send({ addresses: [] })
    expect((await api('get', '/customers/11')).body.addresses).toEqual([])
  })

  test.each([
    ['/customers/999999', {}, 'NO CUST'],
    ['/customers/abc', {}, 'NO CUST'],
    ['/customers/13', {}, 'NO CUST'],
    ['/customers/7', { status: 'Q' }, 'BAD STATUS'],
    ['/customers/7', { email: 'a b@c.d' }, 'BAD EMAIL'],
    ['/customers/7', { email: 'ian.mckay@example.com' }, 'EMAIL TAKEN'],
  ])('changing %s to %o is refused: %s', async (path, body, err) => {
    const { api } = await openShop()
    const answer = await api('put', path).send(body)
    expect([answer.status, answer.body]).toEqual([200, { ok: false, err }])
  })

  test.each([
    [{ phone: 5 }, 'bad phone'],
    [{ addresses: [{}] }, 'bad addresses'],
    [{ newsletter: 'maybe' }, 'bad newsletter'],
    [[], 'bad body'],
  ])('a body of %o is not understood', async (body, error) => {
    const { api } = await openShop()
    expect((await api('put', '/customers/7').send(body).expect(400)).body).toEqual({ error })
  })

  test('text that is no JSON is answered, not crashed on', async () => {
    const { api } = await openShop()
    const answer = await api('post', '/customers').set('content-type', 'application/json').send('{"name":').expect(400)
    expect(answer.body.error).toMatch(/JSON/)
  })

  test('deleting hides a customer and keeps the row', async () => {
    const { api, shop } = await openShop()
    expect((await api('delete', '/customers/7')).body).toEqual({ ok: true })
    expect((await api('delete', '/customers/7')).body).toEqual({ ok: false, err: 'NO CUST' })
    await api('get', '/customers/7').expect(404)
    expect(await shop.db('cust').where({ cust_id: 7 }).select('del_flg')).toEqual([{ del_flg: 'Y' }])
  })

  test('a parameter that comes twice is bad or passed over, never a crash', async () => {
    const { api } = await openShop()
    await api('get', '/customers?after=1&after=2').expect(400)
    await api('get', '/customers?email=a&email=b').expect(200)
    for (const path of [
      '/products?q=a&q=b&category=c&category=d',
      '/orders?customer=1&customer=2',
      '/mails?status=Q&status=S',
      '/reports/sales?year=1&year=2',
    ]) {
      expect((await api('get', path)).status).toBeLessThan(500)
    }
  })
})
