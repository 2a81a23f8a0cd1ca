import { expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { readAnswers } from '../strict-wire/read-answers.ts'
import { useWorld } from './world.ts'

const world = useWorld(
  (url) => `version: 1
upstreams:
  monolith: { url: ${url}, breaker: off, eject: off }
routes:
  - { name: shop, match: { host: shop.example, path: /* }, upstream: monolith }
  - { name: shop.admin, match: { host: "shop.example:8443", path: /admin/* }, upstream: monolith }
  - { name: api, match: { host: shop.example, path: /api/* }, upstream: monolith }
  - { name: writes, match: { path: /api/*, methods: [POST] }, upstream: monolith }
  - { name: beta, match: { path: /x, query: { beta: "1" } }, upstream: monolith }
  - { name: flagged, match: { path: /x, headers: { x-flag: "on" } }, upstream: monolith }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`,
)

/** The name of the route that a request took, as the log tells it. */
async function routeOf(host: string, target: string, lines = ''): Promise<unknown> {
  const before = world().lines.length
  const bytes = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${lines}\r\n`
  const { answers } = readAnswers(await world().exchange(bytes), ['GET'])
  expect(answers.map(({ status }) => status)).toEqual([200])
  const line = await eventually(() =>
    world()
      .lines.slice(before)
      .find((text) => text.includes('"route"')),
  )
  return JSON.parse(line).route
}

// What matches by a superstring, a prefix or a decoded form sends one host's requests to another's upstream (CVE-2026-55602).
test.each([
  ['shop.example', '/', 'shop'],
  ['SHOP.Example', '/', 'shop'],
  ['shop.example.', '/', 'shop'],
  ['shop.example:80', '/', 'shop'],
  ['evilshop.example', '/', 'everything-else'],
  ['shop.example.evil', '/', 'everything-else'],
  ['shop-example', '/', 'everything-else'],
  ['a.shop.example', '/', 'everything-else'],
  ['shop.example:8443', '/admin/x', 'shop.admin'],
  ['shop.example:443', '/admin/x', 'shop'],
  ['shop.example', '/api/x', 'api'],
  ['shop.example', '/api', 'api'],
  ['shop.example', '/apix', 'shop'],
  ['shop.example', '/API/x', 'shop'],
  ['shop.example', '/%61pi/x', 'api'],
  ['shop.example', '/api;v=1/x', 'api'],
  ['shop.example', '/x/api/x', 'shop'],
  ['other.example', '/api/x', 'everything-else'],
])('%s%s is for %s', async (host, target, route) => {
  expect(await routeOf(host, target)).toBe(route)
})

test.each([
  ['/x?beta=1', '', 'beta'],
  ['/x?beta=1&beta=2', '', 'everything-else'],
  ['/x?BETA=1', '', 'everything-else'],
  ['/x?__proto__[beta]=1&constructor=1', '', 'everything-else'],
  ['/x?%', '', 'everything-else'],
  ['/x', 'X-Flag: on\r\n', 'flagged'],
  ['/x', 'X_Flag: on\r\n', 'everything-else'],
  ['/x', '__proto__: on\r\nconstructor: on\r\n', 'everything-else'],
])('%s with %j is for %s', async (target, lines, route) => {
  expect(await routeOf('other.example', target, lines)).toBe(route)
})
