import { expect, test } from 'vitest'
import { compareAnswers, type IdPairs } from '../../compare/index.ts'
import { buildIdMap } from './id-map.ts'

function differing(legacy: object, service: object, ids: IdPairs): readonly string[] {
  const [a, b] = [legacy, service].map((value) => ({
    ...{ status: 200, headers: new Map([['content-type', ['application/json']]]), truncated: false },
    body: Buffer.from(JSON.stringify(value)),
  }))
  if (a === undefined || b === undefined) return []
  const verdict = compareAnswers(a, b, { rules: [], ids })
  return verdict.kind === 'mismatch' ? verdict.differences.map(({ path }) => path) : []
}

const orders = buildIdMap(100)
orders.learn({ noun: 'order', legacy: '31', service: '33', passing: false }, 'x1')
orders.learn({ noun: 'customer', legacy: '7', service: '9', passing: false }, 'x1')
orders.learn({ noun: 'token', legacy: 'a1b2c3d4e5f6a7b8', service: 'b1b2c3d4e5f6a7b8', passing: true }, 'x1')

test.each<readonly [key: string, hidden: boolean]>([
  ['id', true],
  ['orderId', true],
  ['order_no', true],
  ['order', true],
  ['parentId', true],
  ['quantity', false],
  ['total', false],
  ['ageInDays', false],
  ['customerId', false],
])('where order 31 is order 33, a `%s` of 31 against 33 is equal: %s', (key, hidden) => {
  expect(differing({ [key]: 31 }, { [key]: 33 }, orders)).toEqual(hidden ? [] : [`$.${key}`])
})

test('what stands around a bare id says of what kind it is, where ids of that kind are known', () => {
  expect(differing({ orders: [{ id: 31, quantity: 31 }] }, { orders: [{ id: 33, quantity: 33 }] }, orders)).toEqual([
    '$.orders[0].quantity',
  ])
  expect(differing({ customer: { id: 31 } }, { customer: { id: 33 } }, orders)).toEqual(['$.customer.id'])
})

test('within a text the word before a number says what it is', () => {
  const pair = (legacy: string, service: string) => differing({ note: legacy }, { note: service }, orders)
  expect(pair('/customers/7/orders/31', '/customers/9/orders/33')).toEqual([])
  expect(pair('/orders/31?customerId=7', '/orders/33?customerId=9')).toEqual([])
  expect(pair('Your order #31 is on its way', 'Your order #33 is on its way')).toEqual([])
  expect(pair('/orders/31?page=7', '/orders/33?page=9')).toEqual(['$.note'])
  expect(pair('Total: 31', 'Total: 33')).toEqual(['$.note'])
})

test('a long id is known wherever it stands', () => {
  expect(differing({ note: 'a1b2c3d4e5f6a7b8' }, { note: 'b1b2c3d4e5f6a7b8' }, orders)).toEqual([])
})

test('lists that moved pair their items by ids of their own kind only', () => {
  const legacy = { orders: [{ id: 31, sum: 1 }, { id: 40 }] }
  const service = { orders: [{ id: 40 }, { id: 33, sum: 1 }] }
  expect(differing(legacy, service, orders)).toEqual(['$.orders'])
  const counts = differing({ orders: [{ sum: 31 }, { sum: 40 }] }, { orders: [{ sum: 40 }, { sum: 33 }] }, orders)
  expect(counts).not.toEqual(['$.orders'])
})
