import path from 'node:path'
import { matchRoute, readRouteTable } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'

const { table } = await readRouteTable(path.join(import.meta.dirname, '../edge-proxy/routes.yaml'))

test.each([
  ['GET', '/api/orders/7', 'orders.read'],
  ['GET', '/api/orders', 'orders.list'],
  ['POST', '/api/orders', 'orders.write'],
  ['POST', '/api/orders/7/cancel', 'orders.write'],
  ['GET', '/api/orders/7/history', 'the owner of orders'],
  ['GET', '/api/orders/7/payments', 'orders.payments'],
  ['GET', '/api/orders/7/shipments', 'orders.shipments'],
  ['POST', '/orders', 'orders.place'],
  ['POST', '/orders/7/cancel', 'orders.place'],
  ['GET', '/orders/7', 'everything-else'],
  ['GET', '/orders', 'everything-else'],
  ['POST', '/checkout', 'everything-else'],
  ['GET', '/api/customers/7', 'users.read'],
  ['POST', '/api/customers', 'users.write'],
  ['GET', '/users/7', 'users.clean'],
])("the demo's route table gives %s %s to %s", (method, url, name) => {
  expect(takenBy(method, url)).toBe(name)
})

test('the pages of orders stay with the shop, unless JSON is wanted', () => {
  expect(takenBy('GET', '/orders/7', 'text/html,application/xhtml+xml')).toBe('everything-else')
  expect(takenBy('GET', '/orders/7', 'application/json')).toBe('orders.clean')
  expect(takenBy('GET', '/orders', 'application/json')).toBe('orders.clean')
})

function takenBy(method: string, url: string, accept?: string): string {
  const header = (named: string) => (named === 'accept' ? accept : undefined)
  const matched = matchRoute(table, { method, path: url, query: '', host: undefined, header })
  return matched.kind === 'route' ? matched.route.name : `the owner of ${matched.capability.name}`
}
