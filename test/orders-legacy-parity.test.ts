import { expect, test } from 'vitest'
import { startThreeServices, type ThreeServices } from './orders/three-services.ts'
import { type LegacyRequest, seen, send } from './users/legacy-requests.ts'

test('every order, its history and its shipments are answered byte for byte as legacy does', async () => {
  const arms = await startThreeServices(0.02)
  const ids = [...Array.from({ length: 50 }, (_, at) => at + 1), 198, 199, 200, 201, 202]
  const statuses = await compareAll(arms, [
    ...ids.map((id) => get(`/api/orders/${id}`, arms.key)),
    ...ids.map((id) => get(`/api/orders/${id}/history`, arms.key)),
  ])
  expect(statuses.get(200)).toBe(106)
  expect(statuses.get(404)).toBe(4)
})

test('whole lists, page by page, of all and of one customer, are answered byte for byte as legacy does', async () => {
  const arms = await startThreeServices(0.02)
  for (const query of [
    'limit=1&after=190',
    'limit=7&after=0',
    'limit=100',
    'limit=25&customer=2',
    'limit=3&customer=9999',
  ]) {
    let after: string | null = null
    for (let page = 0; page < 40; page++) {
      const target: string = `/api/orders?${query}${after === null ? '' : `&after=${after}`}`.replace(
        /&after=\d+(?=&after)/,
        '',
      )
      await compareAll(arms, [get(target, arms.key)])
      after = JSON.parse((await send(arms.orders.url, get(target, arms.key))).body.toString()).next
      if (after === null) break
    }
    expect(after).toBeNull()
  }
})

test('bad, strange and unauthorised requests are answered byte for byte as legacy does', async () => {
  const arms = await startThreeServices(0.02)
  const ids = ['0', '-1', '01', '1.0', '7x', 'abc', '2147483648', '%37', '%zz', '7/', '7%20', "7'--", 'x'.repeat(150)]
  const queries = [
    'limit=0',
    'limit=101',
    'limit=abc',
    'limit=',
    'after=abc',
    'after=-1',
    'after=1&after=2',
    'customer=',
  ]
  const more = ['customer=abc', 'customer=2&customer=3', 'customer=0', 'limit=x&after=x&customer=x']
  const targets = [
    ...ids.map((id) => `/api/orders/${id}`),
    ...[...queries, ...more].map((query) => `/api/orders?${query}`),
    '/api/orders/7/history?x=1',
    '/api/orders/x/history',
  ]
  const statuses = await compareAll(arms, [
    ...targets.flatMap((target) => ['GET', 'HEAD'].map((method) => ({ method, target, key: arms.key }))),
    ...['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) =>
      [undefined, '', 'wrong'].map((key) => ({ method, target: '/api/orders/7', key })),
    ),
    ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({ method, target: '/api/orders/7', key: arms.key })),
  ])
  expect([...statuses.keys()].sort()).toEqual([200, 400, 401, 404, 414])
})

test('orders that are paid with a check are placed, or refused, byte for byte as legacy does, and read the same', async () => {
  const arms = await startThreeServices(0.02)
  const order = { customerId: 16, lines: [{ productId: 2 }], payment: { type: 'CK' } }
  const bodies = [
    order,
    { ...order, lines: [{ productId: '3', quantity: '2' }, { productId: 2 }, { productId: 3 }] },
    ...Array.from({ length: 14 }, (_, at) => ({ ...order, customerId: at + 2 })),
    { ...order, addressId: 999_999 },
    { ...order, lines: [{ productId: 9999 }] },
    {
      ...order,
      lines: [
        { productId: 4, quantity: 99 },
        { productId: 4, quantity: 99 },
        { productId: 4, quantity: 99 },
        { productId: 4, quantity: 99 },
        { productId: 4, quantity: 99 },
      ],
    },
    { ...order, lines: [] },
    { ...order, lines: 'all' },
    { ...order, lines: [null] },
    { ...order, customerId: '0' },
    { ...order, payment: { type: 'CC', card: '1234' } },
    { ...order, payment: undefined },
    [],
    null,
  ]
  const statuses = await compareAll(arms, [
    ...bodies.map((body) => post('/api/orders', arms.key, JSON.stringify(body))),
    post('/api/orders', arms.key, '{"customerId":'),
    post('/api/orders', arms.key, ''),
    post('/api/orders', arms.key, 'customerId=16', 'application/x-www-form-urlencoded'),
    post('/api/orders', arms.key, 'hello', 'text/plain'),
    ...[1, 9999, 'abc'].map((id) => post(`/api/orders/${id}/cancel`, arms.key, '{}')),
  ])
  expect(statuses.get(200)).toBeGreaterThan(20)
  const placed = Array.from({ length: 20 }, (_, at) => at + 201)
  await compareAll(arms, [
    ...placed.map((id) => get(`/api/orders/${id}`, arms.key)),
    ...placed.map((id) => get(`/api/orders/${id}/history`, arms.key)),
  ])
  expect(await arms.orders.db('orders').where('id', '>', 200).count({ n: '*' }).first()).not.toEqual({ n: 0 })
})

test('the user is asked at the users service: who was suspended there a moment ago may not order', async () => {
  const arms = await startThreeServices(0.02)
  const order = { userId: 16, lines: [{ productId: 2 }] }
  const place = () => send(arms.orders.url, post('/orders', arms.key, JSON.stringify(order)))
  expect((await place()).status).toBe(201)
  const suspended = { ...post('/users/16', arms.key, '{"status":"suspended"}'), method: 'PATCH' }
  expect((await send(arms.users.url, suspended)).status).toBe(200)
  const refused = await place()
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([409, 'user-not-active'])
  await arms.users.stop()
  const down = await place()
  expect([down.status, down.headers.get('retry-after')]).toEqual([503, ['1']])
  expect(await arms.orders.db('orders').where('id', '>', 200).count({ n: '*' }).first()).toEqual({ n: 1 })
})

async function compareAll(arms: ThreeServices, requests: readonly LegacyRequest[]) {
  const statuses = new Map<number, number>()
  for (const request of requests) {
    // One after the other: what the shop has of an order is part of both answers.
    const legacy = await send(arms.shop.url, request)
    const what = `${request.method} ${request.target} ${request.body ?? ''}`
    expect(`${what}\n${seen(await send(arms.orders.url, request))}`).toBe(`${what}\n${seen(legacy)}`)
    statuses.set(legacy.status, (statuses.get(legacy.status) ?? 0) + 1)
  }
  return statuses
}

function get(target: string, key: string): LegacyRequest {
  return { method: 'GET', target, key }
}

function post(target: string, key: string, body: string, contentType = 'application/json'): LegacyRequest {
  return { method: 'POST', target, key, contentType, body }
}
