import { describe, expect, test } from 'vitest'
import { defaultLimits } from './limits-rule.ts'
import { problemsOf, tableOf } from './route-table.fixture.ts'

const written = (top: string, route = '') => `version: 1
${top}
upstreams:
  monolith: { url: http://127.0.0.1:4000 }
routes:
  - { name: a, match: { path: /a }, upstream: monolith, ${route} }
  - { name: everything-else, match: { path: /* }, upstream: monolith }
`

const routeOf = (route: string, top = '') => tableOf(written(top, route), '/etc/banyan/routes.yaml').routes[0]

describe('limits', () => {
  test('hold where none are written, and a route has those of the file, but for what it says itself', () => {
    expect(tableOf(written('')).limits).toEqual(defaultLimits)
    const top = 'limits: { connections: 5, header-time: 2s, memory: 64MiB, body: 2MiB, url: 1KiB }'
    expect(tableOf(written(top)).limits).toEqual({
      ...defaultLimits,
      ...{ maxConnections: 5, headerTimeMs: 2_000, maxMemoryBytes: 64 * 1024 ** 2 },
      request: { maxBodyBytes: 2 * 1024 ** 2, maxUrlBytes: 1_024, maxHeaderLines: 200 },
    })
    expect(routeOf('limits: { body: 4KiB }', top)?.limits).toEqual({
      ...{ maxBodyBytes: 4_096, maxUrlBytes: 1_024, maxHeaderLines: 200 },
    })
  })

  test('are numbers, sizes and times within their bounds', () => {
    const wrong = 'limits: { connections: 0, in-flight: many, stall: 10, body: 5MB, headers: 201, conections: 3 }'
    expect(problemsOf(written(wrong))).toEqual([
      expect.stringContaining('limits.connections: 0 is not allowed here. Allowed: a whole number from 1 to'),
      expect.stringContaining('limits.in-flight: many is not allowed here'),
      expect.stringContaining('limits.stall: the number 10 is not text'),
      expect.stringContaining('limits.body: "5MB" is no size'),
      expect.stringContaining('limits.headers: 201 is not allowed here. Allowed: a whole number from 1 to 200'),
      expect.stringContaining('Did you mean "connections"?'),
    ])
    expect(problemsOf(written('', 'limits: { connections: 3 }'))).toEqual([
      expect.stringContaining('the key "connections"'),
    ])
  })
})

describe('a rate', () => {
  test('is one or several, named after the route, and by address where it says nothing', () => {
    expect(routeOf('rate: { requests: 5, per: 1m }')?.rates).toEqual([
      { id: 'a\n5/60000 address', name: 'a', requests: 5, windowMs: 60_000, by: { kind: 'address' } },
    ])
    const several = 'rate: [{ requests: 5, per: 1s, by: subject }, { requests: 9, per: 1h, by: "header:X-Api-Key" }]'
    expect(routeOf(several)?.rates).toMatchObject([
      { name: 'a', windowMs: 1_000, by: { kind: 'subject' } },
      { name: 'a.2', windowMs: 3_600_000, by: { kind: 'header', name: 'x-api-key' } },
    ])
    expect(routeOf('')?.rates).toEqual([])
  })

  test.each([
    ['rate: { requests: 5 }', 'routes[0].rate.per: it is missing'],
    ['rate: { requests: 0.5, per: 1m }', 'routes[0].rate.requests: 0.5 is not'],
    ['rate: { requests: 5, per: 100ms }', 'from 1s to 24h'],
    ['rate: { requests: 5, per: 1m, by: cookie }', '"cookie" tells no clients apart. Allowed: address, subject'],
    ['rate: []', 'the list is empty'],
  ])('%s: %s', (route, said) => {
    const problems = problemsOf(written('', route))
    expect(problems).toEqual([expect.stringContaining(said)])
  })
})

describe('how to listen', () => {
  test('a certificate is named from the folder of the file, and networks with their prefix', () => {
    const top = 'listen: { tls: { cert: c.pem, key: /k.pem }, trusted: [10.0.0.0/8, 192.0.2.1, "fd00::/8"] }'
    expect(tableOf(written(top), '/etc/banyan/routes.yaml').listen).toEqual({
      tls: { certFile: '/etc/banyan/c.pem', keyFile: '/k.pem' },
      trusted: [
        { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
        { address: '192.0.2.1', prefix: 32, family: 'ipv4' },
        { address: 'fd00::', prefix: 8, family: 'ipv6' },
      ],
    })
    expect(tableOf(written('')).listen).toEqual({ tls: undefined, trusted: [] })
  })

  test.each(['10.0.0.0/33', '10.0.0/8', '::/129', 'fe80::1%eth0', 'proxy.internal', '10.0.0.0/8/8', '10.0.0.0/-1'])(
    '%s is no network',
    (network) => expect(problemsOf(written(`listen: { trusted: ["${network}"] }`))[0]).toContain('is no network'),
  )

  test('a certificate without its key is a mistake', () => {
    expect(problemsOf(written('listen: { tls: { cert: c.pem } }'))[0]).toContain('listen.tls.key: it is missing')
  })
})

describe('rewriting', () => {
  test('is as it is written, with domains compared without case and leading dot', () => {
    const rewrite =
      'rewrite: { location: ["http://a:80/"], cookie-domain: { .Old.Local: "" }, cookie-path: { /old: / } }'
    expect(routeOf(rewrite)?.rewrite).toEqual({
      location: new Set(['http://a']),
      cookieDomain: new Map([['old.local', '']]),
      cookiePath: new Map([['/old', '/']]),
    })
    expect(routeOf('rewrite: { cookie-path: { /a: /b } }')?.rewrite?.location).toBeUndefined()
    expect(routeOf('')?.rewrite).toBeUndefined()
  })

  test.each([
    ['rewrite: { location: [legacy] }', 'is not a URL'],
    ['rewrite: { cookie-domain: { "a;b": "" } }', 'is not a domain'],
    ['rewrite: { cookie-domain: { a: "b; Secure" } }', 'is not a domain'],
    ['rewrite: { cookie-path: { old: / } }', 'is not a path'],
    ['rewrite: { cookie-path: { /old: "/x; Domain=evil" } }', 'is not a path'],
  ])('%s: %s', (route, said) => expect(problemsOf(written('', route))[0]).toContain(said))
})
