import { type Capability, parseRouteTable, type RouteTable } from '@banyan/toolkit/routing'
import type { Exchange } from '@banyan/toolkit/traffic'
import { expect, test } from 'vitest'
import { sortExchanges } from './sort-exchanges.ts'

const { table, users } = routes()
const sorted = sortExchanges(table, users)

test("both arms answer what is the capability's; pages and other capabilities are legacy's alone", () => {
  expect(sorted.armsOf(exchange('users.read', 'users', 'service'))).toBe('both')
  expect(sorted.armsOf(exchange('orders.read', 'orders', 'service'))).toBe('legacy')
  expect(sorted.armsOf(exchange('everything-else', undefined, 'shop'))).toBe('legacy')
})

test('what another upstream answers is left out, also when the route table has changed since', () => {
  expect(sorted.leaveOut(exchange('users.clean', undefined, 'users'))).toBe('other-upstream')
  expect(sorted.leaveOut(exchange('gone', undefined, 'search'))).toBe('other-upstream')
  expect(sorted.leaveOut(exchange('everything-else', undefined, 'shop'))).toBeUndefined()
  expect(sorted.leaveOut(exchange('orders.read', 'orders', 'legacy'))).toBeUndefined()
})

test("a call is the capability's by the route table, whatever its method", () => {
  const of = (method: string, target: string) => sorted.isOfCapability({ method, target })
  expect(of('PUT', '/api/customers/7?x=1')).toBe(true)
  expect(of('PATCH', '/api/customers/7')).toBe(true)
  expect(of('POST', '/api/orders')).toBe(false)
  expect(of('POST', '/checkout')).toBe(false)
  expect(of('POST', '/%zz')).toBe(false)
})

function exchange(route: string, capability: string | undefined, servedBy: string): Exchange {
  const nothing = { headers: [], body: undefined }
  return {
    ...{ id: '1', at: '2026-01-01T00:00:00Z', route, capability, servedBy, caller: undefined, tookMs: 1 },
    request: { method: 'GET', target: '/', ...nothing },
    response: { status: 200, ...nothing },
  }
}

function routes(): { readonly table: RouteTable; readonly users: Capability } {
  const text = `
version: 1
edges: [http://127.0.0.1:11]
upstreams: { shop: { url: http://127.0.0.1:12 }, users: { url: http://127.0.0.1:13 }, orders: { url: http://127.0.0.1:14 } }
capabilities:
  users: { legacy: shop, service: users, owner: legacy }
  orders: { legacy: shop, service: orders, owner: legacy }
routes:
  - { name: users.read, capability: users, match: { methods: [GET], path: /api/customers/* }, serve: legacy }
  - { name: users.write, capability: users, match: { methods: [PUT], path: /api/customers/* }, serve: owner }
  - { name: orders.read, capability: orders, match: { path: /api/orders/* }, serve: legacy }
  - { name: users.clean, match: { path: /users/* }, upstream: users }
  - { name: everything-else, match: { path: /* }, upstream: shop }
`
  const parsed = parseRouteTable(text, 'routes.yaml')
  const users = parsed.ok ? parsed.table.capabilities.get('users') : undefined
  if (!parsed.ok || users === undefined) throw new Error(JSON.stringify(parsed))
  return { table: parsed.table, users }
}
