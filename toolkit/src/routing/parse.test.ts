import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRouteTable } from './parse.ts'
import { revisionOf } from './revision.ts'
import { head, problemsOf, routesText, tableOf, tail } from './route-table.fixture.ts'

const users =
  '{ name: users.read, capability: users, match: { methods: [GET], path: /c/:id }, serve: 5%, shadow: 0.5% }'
const valid = routesText(users)

describe('a valid route table', () => {
  test('is compiled with its defaults, absolute files and one revision', () => {
    const table = tableOf(valid, '/etc/banyan/routes.yaml')
    expect(table).toMatchObject({
      file: '/etc/banyan/routes.yaml',
      revision: revisionOf(valid),
      edges: ['http://127.0.0.1:8081'],
      caller: { cookie: 'SHOPSESSID', header: 'x-api-key' },
    })
    expect(table.upstreams.get('monolith')).toMatchObject({
      urls: [new URL('http://127.0.0.1:4000')],
      host: 'preserve',
      caFile: undefined,
      timeoutMs: 30_000,
    })
    expect(table.capabilities.get('users')).toMatchObject({
      owner: 'legacy',
      manifest: '/etc/users/capability.ts',
      databases: { legacy: { env: 'OLD_URL' }, service: { env: 'NEW_URL' } },
      compare: [],
    })
    expect(table.routes.map((route) => [route.name, route.index, route.line])).toEqual([
      ['users.read', 0, 16],
      ['everything-else', 1, 17],
    ])
    expect(table.routes[0]?.target).toMatchObject({ serve: { kind: 'share', percent: 5 }, shadowPercent: 0.5 })
  })

  test('reads every option of upstreams and compare rules', () => {
    const table = tableOf(
      `version: 1
upstreams:
  old: { urls: [https://a.example, "https://b.example:8443/"], host: upstream, ca: ../ca.pem, timeout: 1.5s }
  new: { url: "http://[::1]:4101" }
capabilities:
  c: { legacy: old, service: new, compare: [{ path: "$.a[*].b", ignore: true, reason: clock }, { path: header:etag, ignore: true, reason: x }] }
routes: [{ name: rest, upstream: old }]
`,
      '/srv/x/routes.yaml',
    )
    expect(table.upstreams.get('old')).toMatchObject({ host: 'upstream', caFile: '/srv/ca.pem', timeoutMs: 1500 })
    expect(table.upstreams.get('old')?.urls.map(String)).toEqual(['https://a.example/', 'https://b.example:8443/'])
    expect(table.capabilities.get('c')?.compare.map((rule) => rule.path)).toEqual(['$.a[*].b', 'header:etag'])
    expect(table.routes[0]?.match).toMatchObject({ path: '/*', segments: [{ kind: 'rest' }], methods: [] })
  })

  test('reads every way in which a compare rule accepts', () => {
    const rules = `
      - { path: $.items, keyed: sku, reason: a, until: 2027-01-31, at-most: 5% }
      - { path: $.tags, set: true, reason: b }
      - { path: $.total, tolerance: 0.01, reason: c }
      - { path: $.at, instant: 1s, reason: d }
      - { path: "$.items[*].id", id: true, reason: e }
      - { path: status, ignore: true, reason: f }`
    const table = tableOf(valid.replace('    service: users\n', `    service: users\n    compare:${rules}\n`))
    expect(table.capabilities.get('users')?.compare).toEqual([
      { path: '$.items', keyed: 'sku', reason: 'a', until: '2027-01-31', atMostShare: 0.05 },
      { path: '$.tags', set: true, reason: 'b' },
      { path: '$.total', tolerance: 0.01, reason: 'c' },
      { path: '$.at', instantMs: 1000, reason: 'd' },
      { path: '$.items[*].id', id: true, reason: 'e' },
      { path: 'status', ignore: true, reason: 'f' },
    ])
  })

  test('takes 0% as legacy and 100% as service', () => {
    const table = tableOf(
      routesText(
        '{ name: a, capability: orders, match: { path: /a }, serve: 0% }',
        '{ name: b, capability: orders, match: { path: /b }, serve: 100% }',
      ),
    )
    expect(table.routes.map(({ target }) => target.kind === 'capability' && target.serve.kind)).toEqual([
      'legacy',
      'service',
      false,
    ])
  })

  test('keeps its meaning with CR LF line ends', () => {
    const lines = (text: string) => tableOf(text).routes.map(({ name, line }) => [name, line])
    expect(lines(valid.replaceAll('\n', '\r\n'))).toEqual(lines(valid))
  })

  test('of the demo is valid', () => {
    const file = new URL('../../../edge-proxy/routes.yaml', import.meta.url)
    expect(problemsOf(readFileSync(file, 'utf8'))).toEqual([])
  })
})

describe('all problems come at once', () => {
  test('ten different mistakes in one file give ten problems, each at its place', () => {
    const text = `version: 1
edges: [ftp://127.0.0.1]
upstreams:
  monolith: { url: http://me:secret@127.0.0.1:4000 }
  users: { url: http://127.0.0.1:4101/base }
capabilities:
  users: { legacy: monolit, service: users }
routes:
  - { name: users.read, capability: user, match: { path: /c/:id }, serve: 150% }
  - { name: users.read, capability: users, match: { methods: [GETT], path: c }, shaddow: 5% }
  - { name: everything-else, upstream: monolith }
`
    expect(problemsOf(text)).toEqual([
      'routes.yaml:2:9 edges[0]: "ftp://127.0.0.1" has the scheme "ftp:". Allowed: http://HOST:PORT or https://HOST:PORT, without a path.',
      'routes.yaml:4:20 upstreams.monolith.url: "http://***@127.0.0.1:4000" holds credentials; they do not belong in this file. Allowed: http://HOST:PORT or https://HOST:PORT, without a path.',
      'routes.yaml:5:17 upstreams.users.url: "http://127.0.0.1:4101/base" has a path. Allowed: http://HOST:PORT or https://HOST:PORT, without a path.',
      'routes.yaml:7:20 capabilities.users.legacy: no upstream "monolit". Declared: monolith, users. Did you mean "monolith"?',
      'routes.yaml:9:37 routes[0].capability: no capability "user". Declared: users. Did you mean "users"?',
      'routes.yaml:9:75 routes[0].serve: 150% is more than 100%. Allowed: legacy, service, owner, or a share of callers such as 5%.',
      'routes.yaml:10:13 routes[1].name: the name "users.read" is taken by the route in line 9. Names are unique.',
      'routes.yaml:10:63 routes[1].match.methods[0]: "GETT" is unknown. Allowed: GET, POST, PUT, PATCH, DELETE or another method of HTTP or WebDAV, in capitals. Did you mean "GET"?',
      'routes.yaml:10:76 routes[1].match.path: "c" does not begin with "/". Allowed: /literal/:parameter, and /* at the end for all that is below.',
      'routes.yaml:10:81 routes[1].shaddow: the key "shaddow" is unknown. Allowed: name, capability, upstream, match, serve, shadow, shadow-writes, rate, limits, rewrite, timeouts, retry, fallback, expose. Did you mean "shadow"?',
    ])
  })
})

describe('shadow-writes', () => {
  const route = (more: string, methods = '') =>
    routesText(`{ name: a, capability: orders, match: { ${methods}path: /a }, ${more} }`)
  const why = 'shadow-writes: { reason: the service runs on a copy }'

  test('is the explicit word for a shadow that executes writes, with a reason', () => {
    const [target] = tableOf(route(`shadow: 5%, ${why}`)).routes.map((each) => each.target)
    expect(target).toMatchObject({ shadowPercent: 5, shadowWrites: { reason: 'the service runs on a copy' } })
    expect(problemsOf(route(`shadow: 5%, ${why}`, 'methods: [POST], '))).toEqual([])
    // Taking the share away is how it is stopped at once.
    expect(problemsOf(route(`shadow: 0%, ${why}`, 'methods: [POST], '))).toEqual([])
  })

  test.each([
    [route(why), 'no share is given of what is shadowed'],
    [route(`shadow: 5%, ${why}`, 'methods: [GET, HEAD], '), 'none of the methods writes'],
    [route('shadow: 5%, shadow-writes: {}'), 'shadow-writes.reason: it is missing'],
    [route('shadow: 5%, shadow-writes: { reason: " " }'), '" " is not a reason'],
    [route('shadow: 5%, shadow-writes: true'), 'is not a map'],
    [
      routesText(`{ name: a, capability: users, match: { path: /a }, serve: owner, shadow: 5%, ${why} }`),
      'it would be written twice',
    ],
    [
      route(`shadow: 5%, ${why}`).replace('http://127.0.0.1:4101', 'http://127.0.0.1:4000'),
      'both arms answer at http://127.0.0.1:4000',
    ],
    [routesText(`{ name: a, upstream: users, match: { path: /a }, ${why} }`), 'a route to a plain upstream'],
  ])('is refused where it would do harm, or nothing: %#', (text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(message)])
  })
})

describe('very many problems', () => {
  test('are listed up to a bound, and counted beyond it', () => {
    const routes = Array.from(
      { length: 1000 },
      (_, n) => `{ name: r${n}, capability: nobody, match: { path: /r${n} } }`,
    )
    const problems = problemsOf(routesText(...routes))
    expect(problems).toHaveLength(201)
    expect(problems[199]).toContain('routes[199].capability: no capability "nobody"')
    expect(problems[200]).toBe('routes.yaml:1:1 and 800 more problems, not listed.')
  })
})

describe('what a route table may not say', () => {
  test.each([
    ['{ name: a, capability: users, match: { methods: [GET, POST], path: /a }, serve: 5% }', 'POST may write'],
    ['{ name: a, capability: users, match: { path: /a }, serve: legacy }', 'it takes every method'],
    ['{ name: a, capability: users, match: { methods: [DELETE], path: /a } }', 'routes[0].serve: DELETE may write'],
    ['{ name: a, upstream: users, match: { path: /a }, shadow: 5% }', 'routes[0].shadow: a route to a plain upstream'],
    [
      '{ name: a, upstream: users, match: { path: /a }, serve: legacy }',
      'routes[0].serve: a route to a plain upstream',
    ],
    [
      '{ name: a, capability: orders, match: { methods: [POST], path: /a }, shadow: 5% }',
      'none of the methods is ever',
    ],
    ['{ name: a, capability: orders, match: { path: /a }, serve: 5 }', 'the number 5 is not text'],
    ['{ name: a, capability: orders, match: { path: /a }, serve: }', 'nothing is not text'],
    ['{ name: a, capability: orders, match: { path: /a }, serve: 5.125% }', 'finer than 0.01%'],
    [
      '{ name: a, capability: orders, match: { path: /a }, serve: leagcy }',
      '"leagcy" is unknown. Allowed: legacy, service, owner, or a share of callers such as 5%. Did you mean "legacy"?',
    ],
    ['{ name: a, capability: orders, match: { path: /a }, shadow: -5% }', '"-5%" is no percentage'],
    ['{ name: a, capability: orders, upstream: users, match: { path: /a } }', 'both "capability" and "upstream"'],
    ['{ name: a, match: { path: /a } }', 'it goes nowhere'],
    ['{ upstream: users, match: { path: /a } }', 'routes[0].name: it is missing'],
    ['{ name: "a b", upstream: users, match: { path: /a } }', '"a b" is not a name'],
    ['{ name: a, upstream: users, match: { path: /a/*/b } }', 'has "*" before its end'],
    ['{ name: a, upstream: users, match: { path: /a* } }', 'has "*" within a segment'],
    ['{ name: a, upstream: users, match: { path: /a/../b } }', 'holds a dot segment'],
    ['{ name: a, upstream: users, match: { path: /:a/:a } }', 'names :a twice'],
    ['{ name: a, upstream: users, match: { path: /:__proto__ } }', 'is not a letter followed by'],
    ['{ name: a, upstream: users, match: { path: "/^(a+)+$" , query: { a: [b] } } }', 'a list is not text'],
    ['{ name: a, upstream: users, match: { path: "/a?b=1" } }', 'which belongs under match.query'],
    ['{ name: a, upstream: users, match: { path: /a, host: "h/x" } }', 'is not a host name'],
    ['{ name: a, upstream: users, match: { path: /a, methods: [] } }', 'the list is empty'],
    ['{ name: a, upstream: users, match: { path: /a, methods: GET } }', '"GET" is not a list'],
    ['{ name: a, upstream: users, match: { path: /a, methods: [CONNECT] } }', '"CONNECT" is unknown'],
    ['{ name: a, upstream: users, match: { path: /a, headers: { "a b": x } } }', `is not a header's name`],
    ['{ name: a, upstream: users, match: { path: /a, headers: { A: x, a: y } } }', '"a" is written twice'],
    ['{ name: a, upstream: users, match: { path: /a }, __proto__: {} }', 'the key "__proto__" is unknown'],
    ['{ name: a, name: b, upstream: users, match: { path: /a } }', '"name" is written twice, first in line 16'],
    ['a', '"a" is not a map'],
  ])('%s: %s', (route, message) => {
    const problems = problemsOf(routesText(route))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^routes\.yaml:16:\d+ routes\[0\]/)
    expect(problems[0]).toContain(message)
  })

  test.each([
    ['http://169.254.169.254@evil', 'holds credentials'],
    ['http://0x7f.1:80', 'would be read as the host "127.0.0.1"'],
    ['http://127.1', 'would be read as the host "127.0.0.1"'],
    ['http://localhost%00.x', 'is not a URL'],
    ['http://a/?x', 'has a query or a fragment'],
    ['http://a/..', 'is not written as an origin'],
    ['http:a', 'is not written as an origin'],
    ['http://a:99999', 'is not a URL'],
    ['file:///etc/passwd', 'has the scheme "file:"'],
    ['unix:/run/x', 'has the scheme "unix:"'],
    ['127.0.0.1:4000', 'is not a URL'],
    ['localhost:4000', 'has the scheme "localhost:"'],
    ['http://127.0.0.1:8081', 'it is the address of an edge'],
  ])('the upstream %s: %s', (url, message) => {
    const problems = problemsOf(valid.replace('http://127.0.0.1:4101', JSON.stringify(url)))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^routes\.yaml:6:17 upstreams\.users\.url: /)
    expect(problems[0]).toContain(message)
  })

  test.each([
    ['users: { url: http://127.0.0.1:4101 }', 'users: {}', '6:10 upstreams.users: no "url" is given'],
    ['{ url: http://127.0.0.1:4101 }', '{ url: http://a, urls: [http://b] }', 'both "url" and "urls" are given'],
    ['{ url: http://127.0.0.1:4101 }', '{ url: http://a, timeout: 30 }', 'the number 30 is not text'],
    ['{ url: http://127.0.0.1:4101 }', '{ url: http://a, timeout: 9h }', '"9h" is no time-out'],
    ['{ url: http://127.0.0.1:4101 }', '{ url: http://a, host: preserved }', 'Did you mean "preserve"?'],
    ['SHOPSESSID', '"a b"', `caller.cookie: "a b" is not a cookie's name`],
    ['owner: legacy', 'owner: monolith', 'capabilities.users.owner: "monolith" is unknown. Allowed: legacy, service.'],
    ['{ env: OLD_URL }', '{ env: postgres://u:p@h }', `is not an environment variable's name`],
    ['{ env: OLD_URL }', '{}', 'capabilities.users.databases.legacy.env: it is missing'],
    ['    manifest: ../users/capability.ts\n', '', 'capabilities.users.manifest: data sync needs it'],
    ['    service: users\n', '    service: monolith\n', '"monolith" is the legacy arm too'],
    ['service: users }', 'service: users, compare: [{ path: lastSeen, ignore: true, reason: x }] }', 'is not a path'],
    ['service: users }', 'service: users, compare: [{ path: $.a, ignore: false, reason: x }] }', 'the boolean false'],
    ['service: users }', 'service: users, compare: [{ path: "$.a[", ignore: true, reason: x }] }', 'from "[" on'],
    ['service: users }', 'service: users, compare: [{ path: $.a, reason: x }] }', 'says nothing of how it accepts'],
    [
      'service: users }',
      'service: users, compare: [{ path: $.a, set: true, keyed: sku, reason: x }] }',
      'both "set" and "keyed" are given',
    ],
    ['service: users }', 'service: users, compare: [{ path: status, set: true, reason: x }] }', 'only "ignore: true"'],
    ['service: users }', 'service: users, compare: [{ path: $.a, tolerance: -1, reason: x }] }', 'no tolerance'],
    ['service: users }', 'service: users, compare: [{ path: $.a, instant: soon, reason: x }] }', 'no duration'],
    [
      'service: users }',
      'service: users, compare: [{ path: $.a, ignore: true, until: 2027-02-30, reason: x }] }',
      '"2027-02-30" is no day',
    ],
    [
      'service: users }',
      'service: users, compare: [{ path: $.a, ignore: true, at-most: 5, reason: x }] }',
      'the number 5 is not text',
    ],
    [
      'service: users }',
      'service: users, compare: [{ path: $.a, ignore: true }] }',
      'compare[0].reason: it is missing',
    ],
  ])('%s written as %s: %s', (right, wrong, message) => {
    const problems = problemsOf(valid.replace(right, wrong))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(message)
  })
})

describe('the catch-all', () => {
  test('must exist', () => {
    expect(problemsOf(`${head}routes:\n  - ${users}\n`)).toEqual([
      'routes.yaml:16:3 routes: no route takes all that the others do not. Add { name: everything-else, match: { path: /* }, upstream: monolith }.',
    ])
  })

  test('is proposed with an upstream that is declared, also where an arm is misspelt', () => {
    const misspelt = head.replace('legacy: monolith', 'legacy: monolit')
    expect(problemsOf(`${misspelt}routes:\n  - ${users}\n`).join('\n')).toContain('upstream: monolith }.')
  })

  test.each(['methods: [GET]', 'host: h', 'headers: { a: "" }', 'query: { a: "" }'])('may not ask for %s', (more) => {
    expect(problemsOf(valid.replace('path: /*', `path: /*, ${more}`))[0]).toContain('no route takes all')
  })

  test('goes to the monolith, not to a service', () => {
    expect(problemsOf(valid.replace('upstream: monolith', 'upstream: users'))).toEqual([
      'routes.yaml:19:15 routes[1].upstream: the catch-all goes to "users", which is not the monolith. Allowed: monolith, the legacy arm of a capability.',
    ])
    expect(problemsOf(valid.replace('upstream: monolith', 'capability: orders'))[0]).toContain('goes to a capability')
  })
})

describe('a route that no request reaches', () => {
  const first = '{ name: a, upstream: users, match: { methods: [GET, POST], path: /a/:x, headers: { h: "1" } } }'

  test.each([
    '{ name: b, upstream: users, match: { methods: [POST], path: /a/:y, headers: { H: "1" } } }',
    '{ name: b, upstream: users, match: { methods: [POST, GET], path: /a/:x, headers: { h: "1" } } }',
  ])('is refused: %s', (second) => {
    expect(problemsOf(routesText(first, second))).toEqual([
      'routes.yaml:17:40 routes[1].match: no request ever comes here: "a" in line 16 takes the same ones. Remove one, or match less.',
    ])
  })

  test.each([
    '{ name: b, upstream: users, match: { methods: [HEAD], path: /a/:x, headers: { h: "1" } } }',
    '{ name: b, upstream: users, match: { path: /a/:x, headers: { h: "1" } } }',
    '{ name: b, upstream: users, match: { methods: [POST, DELETE], path: /a/:x, headers: { h: "1" } } }',
    '{ name: b, upstream: users, match: { methods: [GET], path: /a/:x, headers: { h: "2" } } }',
    '{ name: b, upstream: users, match: { methods: [GET], path: /a/:x } }',
    '{ name: b, upstream: users, match: { methods: [GET], path: /a/x, headers: { h: "1" } } }',
  ])('is not this one: %s', (second) => {
    expect(problemsOf(routesText(first, second))).toEqual([])
  })
})

describe('a file that is no route table', () => {
  test.each([
    ['nothing', '', '1:1 the file is empty.'],
    ['a comment only', '# routes\n', '1:1 the file is empty.'],
    ['a scalar', 'routes', '1:1 "routes" is not a map.'],
    ['a list', '- version: 1', '1:1 a list is not a map.'],
    ['a byte order mark', `\uFEFF${valid}`, '1:1 the file begins with a byte order mark.'],
    ['a tab', valid.replace('    legacy', '\tlegacy'), '9:1 a tab indents this line.'],
    ['a NUL', valid.replace('owner', 'ow\0ner'), '11:7 a control character (U+0000).'],
    ['bytes that are not UTF-8', valid.replace('owner', 'ow\uFFFDner'), '11:7 a character that is not UTF-8.'],
    ['a lone carriage return', valid.replace('\n', '\r'), '1:11 a carriage return without a line feed.'],
    ['two documents', `${valid}---\n${valid}`, '20:1 a second document ("---").'],
    ['an open bracket', valid.replace('{ path: /* }', '{ path: /*'), 'not YAML: '],
    ['a tag', valid.replace('owner: legacy', 'owner: !!js/function legacy'), '11:12 a tag ("!").'],
    ['a cycle', 'a: &a [*a]', '1:4 an anchor ("&").'],
    ['a merge key', 'a: &a {}\nb: { <<: *a }', '2:10 an alias ("*").'],
    ['4 MiB and a byte', `#${'x'.repeat(4 * 1024 * 1024)}`, 'Allowed are 4194304 (4 MiB).'],
  ])('%s gets a clear problem', (_name, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message)
  })

  test('a quote that is forgotten is told with the first of what follows it', () => {
    const problems = problemsOf(valid.replace('{ path: /* }', '{ path: /*, host: http://[::1]:80 }'))
    expect(problems).toHaveLength(4)
    expect(problems[3]).toMatch(/not YAML: \d+ more from here on/)
  })

  test.each([
    ['brackets', '['.repeat(1000) + ']'.repeat(1000)],
    ['braces', '{a: '.repeat(1000)],
    ['brackets behind a key', `a: ${'['.repeat(5000)}`],
    ['dashes', '- '.repeat(1000)],
    ['question marks', '? '.repeat(1000)],
    ['indents', Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('1 000 nested %s, twice in one process, are one problem, soon', (_name, text) => {
    const started = performance.now()
    for (const problems of [problemsOf(text), problemsOf(text)]) {
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain('nested deeper than 32 levels')
    }
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('an alias bomb is refused before it goes off', () => {
    const bomb = Array.from({ length: 9 }, (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(n === 0 ? 0 : 9)}]`).join(
      '\n',
    )
    const started = performance.now()
    expect(problemsOf(bomb)[0]).toContain('an anchor')
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('any text at all gives a route table or problems, never an exception', () => {
    const pieces = fc.constantFrom(
      ...[
        'version: 1\n',
        'routes:',
        'upstreams',
        ':',
        ' ',
        '\n',
        '- ',
        '[',
        ']',
        '{',
        '}',
        ',',
        '"',
        "'",
        '|',
        '>',
        '#',
        '%',
      ],
      ...['&a', '*a', '!t', '? ', '<<', 'null', '5%', 'name', '/a/:b', '\t', '\r\n', '---\n', '__proto__', '\\', '0x1'],
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const parsed = parseRouteTable(parts.join(''), 'x.yaml')
        expect(parsed.ok || parsed.problems.length > 0).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  test('any piece of a valid route table left out or doubled is read without an exception', () => {
    const lines = `${head}routes:\n  - ${users}\n${tail}`.split('\n')
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(80), fc.nat(20), (line, from, length) => {
        const cut = lines.map((each, index) =>
          index === line ? each.slice(0, from) + each.slice(from + length) : each,
        )
        const parsed = parseRouteTable(cut.join('\n'), 'x.yaml')
        if (parsed.ok) return
        for (const problem of parsed.problems) {
          expect(problem.line).toBeGreaterThan(0)
          expect(problem.line).toBeLessThanOrEqual(lines.length)
          expect(problem.column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})
