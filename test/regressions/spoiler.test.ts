import { expect, test } from 'vitest'
import { withAdditions } from './additions.ts'
import type { ArmAnswer } from './customer.ts'
import { regressions } from './regressions.ts'
import { buildSpoiler } from './spoiler.ts'

const request = { method: 'GET', target: '/api/customers/7' }
const addresses = [
  { id: '1', type: 'B', line1: '1 Main St' },
  { id: '2', type: 'S', line1: '2 Wharf St' },
]
const customer = {
  id: '7',
  name: "O'BRIEN, SIOBHAN",
  email: 'siobhan.obrien7@example.org',
  phone: null,
  newsletter: 'N',
  createdAt: '2019-07-04T09:00Z',
  addresses,
}

function answerOf(fields: object = {}): ArmAnswer {
  const read = { status: 200, headers: {}, body: JSON.stringify({ ...customer, ...fields }) }
  return withAdditions(request, read, 'figures')
}

function spoiledBy(name: string): ArmAnswer {
  const spoiler = buildSpoiler([{ name, rate: 1 }])
  spoiler.spoil(request, answerOf({ newsletter: 'Y' }))
  spoiler.spoil({ ...request, method: 'PUT' }, { status: 200, headers: {}, body: '{"ok":true}' })
  return spoiler.spoil(request, answerOf())
}

test.each([
  ['zone', 'createdAt', '2019-07-04T13:00Z'],
  ['case', 'name', "O'Brien, Siobhan"],
  ['null', 'phone', ''],
  ['order', 'addresses', addresses.toReversed()],
  ['extra-field', 'credentialId', 40_007],
  ['enum-value', 'addresses', [addresses[0], { ...addresses[1], type: 'H' }]],
  ['truncation', 'email', 'siobhan.obrien7@exam'],
  ['stale-read', 'newsletter', 'Y'],
])('the regression "%s" changes %s, and nothing else', (name, field, value) => {
  const right = answerOf()
  expect(spoiledBy(name)).toMatchObject({ status: 200, headers: right.headers })
  expect(JSON.parse(spoiledBy(name).body)).toEqual({ ...JSON.parse(right.body), [field]: value })
})

test('amounts come out in cents, or rounded to one decimal', () => {
  const { balance, averageOrder } = JSON.parse(answerOf().body).account
  expect(JSON.parse(spoiledBy('unit').body).account).toEqual({ balance: Math.round(100 * balance), averageOrder })
  const rounded = JSON.parse(spoiledBy('rounding').body).account
  expect(rounded).toEqual({ balance, averageOrder: expect.closeTo(averageOrder, 0) })
  expect(rounded.averageOrder).not.toBe(averageOrder)
})

test('status and header are spoiled too', () => {
  expect(spoiledBy('status').status).toBe(500)
  expect(spoiledBy('header').headers['cache-control']).toBe('public, max-age=60')
})

test('a rate is kept by counting, each answer is spoiled once at most, and other requests are left alone', () => {
  const spoiler = buildSpoiler(regressions.map(({ name }) => ({ name, rate: 0.05 })))
  const all = Array.from({ length: 2_000 }, () => spoiler.spoil(request, answerOf()))
  const { body, status, headers } = answerOf()
  const spoiled = all.filter(
    (one) => one.body !== body || one.status !== status || one.headers['cache-control'] !== headers['cache-control'],
  )
  const counts = [...spoiler.spoiled].filter(([name]) => name !== 'stale-read').map(([, count]) => count)
  expect(spoiled).toHaveLength(counts.reduce((sum, count) => sum + count, 0))
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(1)
  const list = { method: 'GET', target: '/api/customers?limit=2' }
  expect(spoiler.spoil(list, answerOf())).toEqual(answerOf())
})
