import { describe, expect, test } from 'vitest'
import { explainRoute } from './explain.ts'
import { request, routesText, tableOf } from './route-table.fixture.ts'

const table = tableOf(
  routesText(
    '{ name: read, capability: users, match: { methods: [GET], path: /c/:id }, serve: 50% }',
    '{ name: write, capability: users, match: { methods: [PUT], path: /c/* }, serve: owner }',
    '{ name: beta, upstream: users, match: { path: /c/:id, headers: { x-beta: "" } } }',
    '{ name: page, upstream: users, match: { path: /c/:id, query: { page: "1" } } }',
    '{ name: vhost, upstream: users, match: { host: h, path: /c/:id } }',
    '{ name: other, upstream: users, match: { path: /other } }',
  ),
)

describe('explainRoute', () => {
  test('names the winner with its place, and why each other route lost, the nearest first', () => {
    const explained = explainRoute(table, request('GET', '/c/7', { query: 'page=2' }), 'alice')
    expect(explained).toMatchObject({
      matched: { kind: 'route', route: { name: 'read' } },
      place: 'routes.yaml:16',
      decision: { route: 'read', byShare: true },
    })
    expect(explained.bucket).toBe(explained.decision.bucket)
    expect(explained.losers.map(({ route, lostBy, why }) => `${route.name} ${lostBy}: ${why}`)).toEqual([
      'everything-else precedence: /c/:id is more specific than /*',
      'write method: is for PUT',
      'beta headers: the header x-beta is missing',
      'page query: the query parameter page is not "1"',
      'other path: /other does not match the path',
      'vhost host: is for the host h',
    ])
  })

  test('tells what decides between routes of one path', () => {
    const twin = tableOf(
      routesText(
        '{ name: any, upstream: users, match: { path: /x } }',
        '{ name: get, upstream: users, match: { methods: [GET], path: /x } }',
        '{ name: two, upstream: users, match: { methods: [GET], path: /x, headers: { a: "", b: "" } } }',
        '{ name: one, upstream: users, match: { methods: [GET], path: /x, headers: { a: "" }, query: { q: "" } } }',
        '{ name: later, upstream: users, match: { methods: [GET], path: /x, headers: { a: "", c: "" } } }',
        '{ name: host, upstream: users, match: { host: localhost, path: /y } }',
        '{ name: no-host, upstream: users, match: { path: /y } }',
      ),
    )
    const asked = request('GET', '/x', { header: () => '1', query: 'q=1' })
    expect(
      explainRoute(twin, asked)
        .losers.slice(0, 4)
        .map(({ route, why }) => `${route.name}: ${why}`),
    ).toEqual([
      'any: two names the method',
      'get: two asks for more headers',
      'one: two asks for more headers',
      'later: two stands earlier in the file',
    ])
    expect(explainRoute(twin, request('GET', '/y')).losers[0]?.why).toBe('host names the host')
  })

  test('counts the route whose path it is among the losers when the owner answers', () => {
    const explained = explainRoute(table, request('DELETE', '/c/7'))
    expect(explained).toMatchObject({ matched: { kind: 'owner' }, place: 'routes.yaml:16', bucket: undefined })
    expect(explained.losers.map(({ route }) => route.name)).toContain('read')
    expect(explained.losers).toContainEqual(
      expect.objectContaining({ lostBy: 'precedence', why: expect.stringContaining('names no method') }),
    )
  })
})
