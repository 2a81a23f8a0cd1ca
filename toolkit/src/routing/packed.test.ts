import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchRoute } from './match.ts'
import { packRouteTable, routesAStep, unpackRouteTable } from './packed.ts'
import type { RouteTable } from './route.ts'
import { request, routesText, tableOf } from './route-table.fixture.ts'

/** The rest of a route in flow style, behind its name; `@` stands for its path. */
const written = fc.constantFrom(
  'upstream: monolith, match: { path: @ }',
  'upstream: users, match: { path: @, methods: [GET, POST] }, expose: true',
  'capability: users, match: { path: @, methods: [GET] }, serve: 12.5%, shadow: 30%, fallback: legacy',
  'capability: users, match: { path: @/:id/*, headers: { X-Beta: "", x-two: "2" } }, serve: owner',
  'capability: orders, match: { path: @, query: { q: "1" }, methods: [PUT] }, shadow: 1%, shadow-writes: { reason: a copy }',
  'capability: orders, match: { path: @, host: "Shop.Example:8080" }, timeouts: { header: 2s, total: 1m }, retry: off',
  'upstream: monolith, match: { path: @ }, rate: [{ requests: 5, per: 1s }, { requests: 9, per: 1m, by: header:x-api-key }]',
  'upstream: monolith, match: { path: @ }, limits: { body: 2KiB }, rewrite: { location: [], cookie-path: { /a: /b } }',
)
const top = fc.constantFrom(
  '',
  'limits: { body: 7MiB }\n',
  'expose: true\naccess-log: { share: 5% }\n',
  'recording: { share: 5%, folder: traffic, redact: { fields: [cpf] } }\n',
  'listen: { trusted: [10.0.0.0/8] }\n',
)

const drawn = fc
  .tuple(top, fc.array(written, { maxLength: 12 }))
  .map(([head, routes]) => `${head}${routesText(...routes.map(numbered))}`)

function numbered(rest: string, n: number): string {
  return `{ name: r${n}, ${rest.replace('@', `/area-${n}`)} }`
}

function unpacked(table: RouteTable): RouteTable {
  // As it comes out of another thread: the buffers are transferred.
  const packed = packRouteTable(table)
  const buffers = [packed.head, ...packed.steps].map(({ buffer }) => buffer)
  const steps = unpackRouteTable(structuredClone(packed, { transfer: buffers }))
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

test('what is unpacked equals what was packed, whatever a route table says', () => {
  fc.assert(
    fc.property(drawn, (text) => {
      const table = tableOf(text, resolve('routes.yaml'))
      expect(unpacked(table)).toEqual(table)
    }),
    { numRuns: 200 },
  )
})

test('routes that share an upstream or a capability still do, and a request finds the route that it found before', () => {
  const table = unpacked(tableOf(routesText('{ name: a, capability: users, match: { path: /a/:id }, serve: owner }')))
  const matched = matchRoute(table, request('GET', '/a/7'))
  expect(matched).toMatchObject({ kind: 'route', route: { name: 'a' } })
  const users = table.capabilities.get('users')
  expect(table.routes[0]?.target).toMatchObject({ kind: 'capability' })
  expect(table.routes[0]?.target.kind === 'capability' && table.routes[0].target.capability).toBe(users)
  expect(users?.service).toBe(table.upstreams.get('users'))
  expect(users?.service.urls[0]).toBeInstanceOf(URL)
})

test('no step unpacks more routes than a step may, and their order stays', () => {
  const routes = 3 * routesAStep + 7
  const lines = Array.from({ length: routes - 1 }, (_, n) => numbered('upstream: monolith, match: { path: @ }', n))
  const { steps } = packRouteTable(tableOf(routesText(...lines)))
  expect(steps).toHaveLength(4)
  const table = tableOf(routesText(...lines))
  expect([...unpackRouteTable(packRouteTable(table))]).toHaveLength(5)
  expect(unpacked(table).routes.map(({ index }) => index)).toEqual(Array.from({ length: routes }, (_, n) => n))
})
