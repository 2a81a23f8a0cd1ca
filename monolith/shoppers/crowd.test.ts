import { expect, test } from 'vitest'
import { demoApiKeys } from '../src/seed/api-keys.ts'
import { buildCrowd } from './crowd.ts'
import type { Town } from './town.ts'

const town: Town = {
  customers: Array.from({ length: 100 }, (_, index) => ({
    id: String(index + 1),
    email: `c${index}@example.com`,
    active: index % 9 > 0,
  })),
  productIds: ['1', '2', '3', '4', '5'],
}
const apiKeys = demoApiKeys().map(({ key }) => key)

function drawn(seed: number, count = 1_500) {
  const choose = buildCrowd({ ratePerSecond: 100, seed, nonce: 'test', apiKeys }, town)
  return Array.from({ length: count }, () => {
    const action = choose().next()
    return { name: action.name, ...action.request() }
  })
}

test('the same seed does the same things in the same order, another seed does others', () => {
  expect(drawn(5)).toEqual(drawn(5))
  expect(drawn(6)).not.toEqual(drawn(5))
})

test('45 of 100 requests read a customer, most of them one who exists, many of them a hot one', () => {
  const requests = drawn(1, 5_000)
  const reads = requests.filter(({ name }) => name === 'read customer')
  const share = (part: readonly unknown[], whole: readonly unknown[]) => (100 * part.length) / whole.length
  expect(share(reads, requests)).toBeCloseTo(45, -1)
  const missing = reads.filter(({ path }) => Number(path.split('/').pop()) > 100)
  expect(share(missing, reads)).toBeGreaterThan(1)
  expect(share(missing, reads)).toBeLessThan(5)
})

test('customers who are changed are not those who log in', () => {
  const requests = drawn(1)
  const changed = requests
    .filter(({ name }) => name === 'change customer')
    .map(({ path }) => Number(path.split('/').pop()))
  expect(Math.min(...changed)).toBe(21)
  expect(Math.max(...changed)).toBe(40)
  const loggedIn = requests
    .filter(({ name }) => name === 'log in')
    .map(({ body }) => new URLSearchParams(body).get('email'))
  expect(loggedIn.length).toBeGreaterThan(10)
  expect(loggedIn).not.toContain('c20@example.com')
})

test('every client brings a key, no browser does', () => {
  for (const { path, headers } of drawn(1)) {
    if (path.startsWith('/api/')) expect(apiKeys).toContain(headers?.['x-api-key'])
    else expect(headers).not.toHaveProperty('x-api-key')
  }
})
