import { matchRoute, parseRouteTable, type RouteTable } from '@banyan/toolkit/routing'
import { type Exchange, suggestionText, suggestRoutes } from '@banyan/toolkit/traffic'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const seen: Exchange = {
  ...{ id: '1', at: '2026-01-01T00:00:00.000Z', route: 'imported', capability: undefined, servedBy: 'legacy' },
  ...{ caller: undefined, tookMs: 1 },
  request: { method: 'GET', target: '/', headers: [], body: undefined },
  response: { status: 200, headers: [], body: undefined },
}

async function* exchanges(requests: readonly (readonly [method: string, target: string])[]) {
  for (const [method, target] of requests) yield { ...seen, request: { ...seen.request, method, target } }
}

function table(text: string): RouteTable {
  const parsed = parseRouteTable(text, 'routes.yaml')
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${text}`)
  return parsed.table
}

const shop = [
  ...Array.from({ length: 60 }, (_, id) => ['GET', `/api/customers/${id}`] as const),
  ...Array.from({ length: 20 }, (_, id) => ['GET', `/api/customers/${id}/addresses/a-${id}10?full=1`] as const),
  ...Array.from({ length: 20 }, (_, id) => ['PATCH', `/api/customers/${id}`] as const),
  ...Array.from(
    { length: 40 },
    (_, at) => ['GET', `/products/${'abcdefgh'[at % 8]}${'aeiou'[at % 5]}t-shirt`] as const,
  ),
  ...Array.from({ length: 9 }, () => ['GET', '/products'] as const),
  ...Array.from({ length: 30 }, (_, at) => ['GET', `/assets/${at}.css`] as const),
  ['GET', '/'] as const,
  ['GET', '/rare/one'] as const,
]

test('path templates are found by the form of ids, and by how many words stand in one place', async () => {
  const suggestion = await suggestRoutes(exchanges(shop))
  expect(suggestion).toMatchObject({ requests: 181, files: 30 })
  const paths = suggestion.capabilities.map(({ name, reads, writes, templates }) => [
    ...[name, reads, writes],
    templates.map(({ path }) => path),
  ])
  expect(paths.slice(0, 2)).toEqual([
    ['customers', 80, 20, ['/api/customers/:id', '/api/customers/:customerId/addresses/:addressId']],
    ['products', 49, 0, ['/products/:id', '/products']],
  ])
})

test('a suggestion is a valid route table in which nothing has moved, and its comments say what was seen', async () => {
  const text = suggestionText(await suggestRoutes(exchanges(shop)), { legacy: 'http://127.0.0.1:3000', source: 'a\nb' })
  const { capabilities, routes } = table(text)
  expect([...capabilities.keys()]).toEqual(['customers', 'products', 'rare'])
  expect(routes.map(({ name }) => name)).toContain('customers.read')
  expect(text).toMatch(/44\.2 % of all: 60 reads, 20 writes \(see below\), such as \/api\/customers\/0/)
  expect(text).toMatch(/# 20 writes: PATCH \/api\/customers\/:id\n {2}- name: customers\.write/)
  expect(text).toContain('only read: the easiest to begin with')
})

test('any recording gives a valid route table that takes each of its requests', { timeout: 60_000 }, async () => {
  const segment = fc.oneof(
    fc.constantFrom('api', 'v1', 'customers', 'orders', 'cart', 'x-y', 'CamelCase', '..', '.', '', 'a.b', 'ü', 'a;b=1'),
    fc.stringMatching(/^[!-~]{0,6}$/).filter((text) => !/[?#]/.test(text)),
    fc.nat().map(String),
  )
  const target = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`)
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PROPFIND')
  const holds = async (requests: readonly (readonly [string, string])[]) => {
    const suggestion = await suggestRoutes(exchanges(requests))
    const live = table(suggestionText(suggestion, { legacy: 'http://127.0.0.1:3000' }))
    const named = suggestion.capabilities.reduce((sum, { reads, writes }) => sum + reads + writes, 0)
    expect(named + suggestion.files + suggestion.others).toBe(requests.length)
    expect(live.routes.at(-1)?.name).toBe('everything-else')
  }
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(method, target), { maxLength: 30 }), holds), { numRuns: 200 })
})

test('each read of a suggested template is taken by a route of its capability', async () => {
  const live = table(suggestionText(await suggestRoutes(exchanges(shop)), { legacy: 'http://127.0.0.1:3000' }))
  for (const [method, target] of shop.filter(([, target]) => /^\/(api|products)/.test(target))) {
    const found = matchRoute(live, {
      method,
      path: target.split('?', 1)[0] ?? '',
      query: '',
      host: 'shop.test',
      header: () => undefined,
    })
    expect([target, found]).toEqual([
      target,
      expect.objectContaining({
        route: expect.objectContaining({ name: expect.stringMatching(/^(customers|products)\./) }),
      }),
    ])
  }
})
