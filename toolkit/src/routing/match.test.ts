import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchRoute, type RouteRequest } from './match.ts'
import { canonicalHost, withoutPort } from './origin.ts'
import type { Route, RouteTable } from './route.ts'
import { request, routesText, tableOf } from './route-table.fixture.ts'

const shop = tableOf(
  routesText(
    '{ name: users.read, capability: users, match: { methods: [GET], path: /api/customers/:id } }',
    '{ name: users.write, capability: users, match: { methods: [POST, PUT], path: /api/customers/* }, serve: owner }',
    '{ name: me, capability: users, match: { methods: [GET], path: /api/customers/me } }',
    '{ name: area, upstream: monolith, match: { path: /api/* } }',
    '{ name: odd, upstream: users, match: { path: /a%2Db/caf%C3%A9 } }',
  ),
)

describe('matchRoute', () => {
  test.each([
    ['GET', '/api/customers/me', 'me'],
    ['GET', '/api/customers/7', 'users.read'],
    ['HEAD', '/api/customers/7', 'users.read'],
    ['PUT', '/api/customers/7', 'users.write'],
    ['POST', '/api/customers', 'users.write'],
    ['POST', '/api/customers/', 'users.write'],
    ['POST', '/api/customers/7/a/b', 'users.write'],
    ['GET', '/api', 'area'],
    ['GET', '/api/', 'area'],
    ['GET', '/apix', 'everything-else'],
    ['GET', '/API/customers/7', 'everything-else'],
    ['POST', '/api/customersx', 'area'],
    ['GET', '/', 'everything-else'],
    ['GET', '/a-b/caf%C3%A9', 'odd'],
    ['POST', '/api/customers;v=1/7', 'users.write'],
    ['POST', '/api/customers%3A', 'area'],
  ])('%s %s goes to %s', (method, path, route) => {
    expect(winnerOf(shop, request(method, path))).toBe(route)
  })

  test('sends a method that no route names on a path of a capability to its owner, never to the catch-all', () => {
    const matched = matchRoute(shop, request('DELETE', '/api/customers/7'))
    expect(matched).toMatchObject({ kind: 'owner', capability: { name: 'users' }, near: { name: 'users.read' } })
    expect(matchRoute(shop, request('GET', '/api/customers'))).toMatchObject({ near: { name: 'users.write' } })
  })

  test('lets a route that names the method take it, though it is less specific', () => {
    const table = tableOf(
      routesText(
        '{ name: read, capability: users, match: { methods: [GET], path: /c/:id } }',
        '{ name: purge, upstream: monolith, match: { methods: [PURGE], path: /* } }',
      ),
    )
    expect(winnerOf(table, request('PURGE', '/c/1'))).toBe('purge')
    expect(winnerOf(table, request('DELETE', '/c/1'))).toBe('owner of users near read')
  })

  test('lets a route of the same capability for every method take it', () => {
    const table = tableOf(
      routesText(
        '{ name: read, capability: users, match: { methods: [GET], path: /c/:id } }',
        '{ name: rest, capability: users, match: { path: /c/* }, serve: owner }',
      ),
    )
    expect(winnerOf(table, request('DELETE', '/c/1'))).toBe('rest')
  })

  test('a route that names HEAD goes before one that only names GET', () => {
    const table = tableOf(
      routesText(
        '{ name: get, capability: orders, match: { methods: [GET], path: /o, headers: { a: "" } } }',
        '{ name: head, capability: orders, match: { methods: [HEAD], path: /o } }',
      ),
    )
    const withHeader = { header: () => 'x' }
    expect(winnerOf(table, request('HEAD', '/o', withHeader))).toBe('head')
    expect(winnerOf(table, request('GET', '/o', withHeader))).toBe('get')
  })

  test('a longer prefix goes before a shorter one that begins with more literals', () => {
    const table = tableOf(
      routesText(
        '{ name: literal, upstream: users, match: { path: /a/b/* } }',
        '{ name: longer, upstream: users, match: { path: /a/:x/c/* } }',
        '{ name: parameter, upstream: users, match: { path: /a/:x } }',
      ),
    )
    expect(winnerOf(table, request('GET', '/a/b/c'))).toBe('longer')
    expect(winnerOf(table, request('GET', '/a/b/d'))).toBe('literal')
    expect(winnerOf(table, request('GET', '/a/b'))).toBe('parameter')
    expect(winnerOf(table, request('GET', '/a/'))).toBe('everything-else')
  })

  test.each([
    ['shop.example', 'shop'],
    ['SHOP.Example', 'shop'],
    ['shop.example.', 'shop'],
    ['shop.example:80', 'shop'],
    ['shop.example.:8080', 'shop-8080'],
    ['evilshop.example', 'everything-else'],
    ['shop.example.evil', 'everything-else'],
    ['[::1]:8080', 'six'],
    [undefined, 'everything-else'],
  ])('the host %s goes to %s', (host, route) => {
    const table = tableOf(
      routesText(
        '{ name: shop, upstream: users, match: { host: Shop.Example., path: /* } }',
        '{ name: shop-8080, upstream: users, match: { host: "shop.example:8080", path: /* } }',
        '{ name: six, upstream: users, match: { host: "[::1]", path: /* } }',
      ),
    )
    expect(winnerOf(table, request('GET', '/x', { host }))).toBe(route)
  })

  test.each([
    ['beta=1', 'beta'],
    ['a=2&beta=1', 'beta'],
    ['beta=1&beta=1', 'beta'],
    ['beta=1&beta=2', 'everything-else'],
    ['%62eta=1', 'beta'],
    ['beta', 'everything-else'],
    ['x', 'present'],
    ['__proto__[beta]=1&%', 'everything-else'],
  ])('the query %s goes to %s', (query, route) => {
    const table = tableOf(
      routesText(
        '{ name: beta, upstream: users, match: { query: { beta: "1" } } }',
        '{ name: present, upstream: users, match: { query: { x: "" } } }',
      ),
    )
    expect(winnerOf(table, request('GET', '/', { query }))).toBe(route)
  })

  test('asks for headers by their lower-case names', () => {
    const table = tableOf(routesText('{ name: beta, upstream: users, match: { headers: { X-Beta: "yes" } } }'))
    const headers = new Map([['x-beta', 'yes']])
    expect(winnerOf(table, request('GET', '/', { header: (name) => headers.get(name) }))).toBe('beta')
    expect(winnerOf(table, request('GET', '/'))).toBe('everything-else')
  })
})

describe('the precedence', () => {
  const segment = fc.constantFrom('a', 'b', ':p')
  const path = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
    .map(([segments, rest]) => `/${[...unique(segments), ...(rest ? ['*'] : [])].join('/')}`)
  const route = fc.record({
    capability: fc.constantFrom('users', 'orders', undefined),
    path,
    methods: fc.constantFrom('', '[GET]', '[HEAD]', '[POST, GET]', '[DELETE]'),
    host: fc.constantFrom('', 'h', 'h:1'),
    headers: fc.constantFrom('', '{ x: "" }', '{ x: "1" }', '{ x: "1", y: "" }'),
    query: fc.constantFrom('', '{ q: "" }', '{ q: "1" }'),
  })
  const sent = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'),
    path: fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 4 }).map(canonicalOf),
    host: fc.constantFrom('h', 'h:1', 'H:2', 'other', undefined),
    query: fc.constantFrom('', 'q=1', 'q=2'),
    headers: fc.constantFrom<Readonly<Record<string, string>>>({}, { x: '1' }, { x: '2' }, { x: '1', y: '' }),
  })

  test('of the trie is what the words of the Gateway API say, read literally', () => {
    let matchedRoutes = 0
    fc.assert(
      fc.property(
        fc.array(route, { minLength: 1, maxLength: 12 }),
        fc.array(sent, { minLength: 20, maxLength: 20 }),
        (routes, all) => {
          const table = tableOf(withoutTwins(routes.map(routeText)))
          for (const { headers, ...rest } of all) {
            const asked: RouteRequest = { ...rest, header: (name) => headers[name] }
            const winner = winnerOf(table, asked)
            expect(winner).toBe(literalWinner(table, asked))
            if (winner !== 'everything-else') matchedRoutes++
          }
        },
      ),
      { numRuns: 400 },
    )
    expect(matchedRoutes).toBeGreaterThan(1000)
  })

  test('does not depend on the order of the file where no two routes are equal in it', () => {
    const lines = [
      '{ name: r0, upstream: users, match: { path: /a/b } }',
      '{ name: r1, upstream: users, match: { path: /a/:p } }',
      '{ name: r2, upstream: users, match: { path: /a/* } }',
      '{ name: r3, upstream: users, match: { methods: [GET], path: /a/b } }',
      '{ name: r4, upstream: users, match: { methods: [GET], path: /a/b, headers: { x: "" } } }',
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: 5 }), sent, (shuffled, { headers, ...rest }) => {
        const asked: RouteRequest = { ...rest, header: (name) => headers[name] }
        expect(winnerOf(tableOf(routesText(...shuffled)), asked)).toBe(winnerOf(tableOf(routesText(...lines)), asked))
      }),
    )
  })
})

function winnerOf(table: RouteTable, asked: RouteRequest): string {
  const matched = matchRoute(table, asked)
  return matched.kind === 'route' ? matched.route.name : `owner of ${matched.capability.name} near ${matched.near.name}`
}

function unique(segments: readonly string[]): readonly string[] {
  return segments.map((segment, index) => (segment === ':p' ? `:p${index}` : segment))
}

function canonicalOf(segments: readonly string[]): string {
  const inner = segments.filter((segment, index) => segment !== '' || index === segments.length - 1)
  return `/${inner.join('/')}`
}

interface Drawn {
  readonly capability: string | undefined
  readonly path: string
  readonly methods: string
  readonly host: string
  readonly headers: string
  readonly query: string
}

function routeText({ capability, ...match }: Drawn, index: number): string {
  const members = Object.entries(match).flatMap(([key, value]) => {
    if (value === '') return []
    return [`${key}: ${key === 'host' ? JSON.stringify(value) : value}`]
  })
  const target = capability === undefined ? 'upstream: users' : `capability: ${capability}, serve: owner`
  return `{ name: r${index}, ${target}, match: { ${members.join(', ')} } }`
}

// Routes that could never win are refused by the parser; here the later one of two twins is simply left out.
function withoutTwins(routes: readonly string[]): string {
  const seen = new Set<string>(['{ path: /* }'])
  const kept = routes.filter((route) => {
    const match = route.slice(route.indexOf('match: ') + 7, -2)
    const place = match.replace(/\[.*?\]|:p\d/g, '')
    return seen.has(place) ? false : seen.add(place)
  })
  return routesText(...kept)
}

// The reference: every route is looked at, and the words of the precedence stand here one after the other.
function literalWinner(table: RouteTable, asked: RouteRequest): string {
  const holding = table.routes.filter((each) => holds(each, asked, true))
  const winner = holding.toSorted((a, b) => compare(a, b, asked))[0]
  if (winner === undefined) throw new Error('no catch-all')
  const near = table.routes
    .filter((each) => holds(each, asked, false) && !takes(each, asked.method) && each.target.kind === 'capability')
    .toSorted((a, b) => compare(a, b, asked))[0]
  if (near?.target.kind !== 'capability' || compare(near, winner, asked) > 0) return winner.name
  const { capability } = near.target
  const named = winner.match.methods.length > 0
  const same = winner.target.kind === 'capability' && winner.target.capability === capability
  return named || same ? winner.name : `owner of ${capability.name} near ${near.name}`
}

function takes(each: Route, method: string): boolean {
  const { methods } = each.match
  return methods.length === 0 || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
}

function holds({ match, ...each }: Route, asked: RouteRequest, withMethod: boolean): boolean {
  const host = asked.host === undefined ? undefined : canonicalHost(asked.host)
  if (match.host !== undefined && match.host !== host && match.host !== withoutPort(host ?? '')) return false
  if (withMethod && !takes({ match, ...each }, asked.method)) return false
  for (const [name, value] of match.headers) {
    if (asked.header(name) === undefined || (value !== '' && asked.header(name) !== value)) return false
  }
  const query = new URLSearchParams(asked.query)
  for (const [name, value] of match.query) {
    if (!query.has(name) || (value !== '' && query.get(name) !== value)) return false
  }
  return pathHolds(match.path, asked.path)
}

function pathHolds(pattern: string, path: string): boolean {
  const written = pattern === '/*' ? [] : pattern.slice(1).split('/')
  const given = path.slice(1).split('/')
  const prefix = pattern.endsWith('/*')
  if (prefix && written.at(-1) === '*') written.pop()
  if (prefix ? given.length < written.length : given.length !== written.length) return false
  return written.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]))
}

function compare(a: Route, b: Route, asked: RouteRequest): number {
  const words: readonly ((route: Route) => number)[] = [
    (route) => route.match.host?.length ?? 0,
    (route) => kindOf(route.match.path),
    (route) => (kindOf(route.match.path) === 0 ? route.match.path.split('/').length : 0),
    (route) => literalsFirst(route.match.path),
    (route) => (route.match.methods.length > 0 ? 1 : 0),
    (route) => (asked.method === 'HEAD' && route.match.methods.includes('HEAD') ? 1 : 0),
    (route) => route.match.headers.size,
    (route) => route.match.query.size,
    (route) => -route.index,
  ]
  for (const word of words) if (word(a) !== word(b)) return word(b) - word(a)
  return 0
}

function kindOf(path: string): number {
  if (path.endsWith('/*')) return 0
  return path.includes('/:') ? 1 : 2
}

function literalsFirst(path: string): number {
  const digits = path.split('/').map((segment) => (segment.startsWith(':') ? '1' : '2'))
  return Number(`0.${digits.join('')}`)
}
