import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { readAnswers } from '../strict-wire/read-answers.ts'
import { get } from './bytes.ts'
import { exchangeBytes, useWorld, usualRoutes } from './world.ts'

const world = useWorld()

describe('the admin listener', () => {
  const call = async (bytes: string) => {
    const { answers, wrong } = readAnswers(await exchangeBytes(world().edge.adminAddress, bytes), ['GET'])
    expect(wrong).toBeUndefined()
    return answers.map(({ status }) => status)
  }
  const own = () => `Host: ${new URL(world().edge.adminAddress).host}\r\n`
  const bearer = () => `Authorization: Bearer ${world().token}\r\n`
  const ask = (lines: string, method = 'GET', path = '/status') =>
    `${method} ${path} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`

  test.each<[string, () => string, number]>([
    ['no token', () => ask(own()), 401],
    ['a token that lacks its end', () => ask(`${own()}Authorization: Bearer ${world().token.slice(0, -1)}\r\n`), 401],
    ['a token in the query', () => ask(own(), 'GET', `/status?token=${world().token}`), 401],
    ['a token in a cookie', () => ask(`${own()}Cookie: token=${world().token}\r\n`), 401],
    ['two tokens', () => ask(`${own()}Authorization: Bearer x\r\n${bearer()}`), 401],
    ['a name of another site', () => ask(`Host: evil.example\r\n${bearer()}`), 403],
    ['a name that begins as its own', () => ask(`Host: 127.0.0.1.evil.example\r\n${bearer()}`), 403],
    ['a name with a user', () => ask(`Host: 127.0.0.1@evil.example\r\n${bearer()}`), 403],
    ['another address of itself', () => ask(`Host: [::ffff:127.0.0.1]\r\n${bearer()}`), 403],
    ['its number in another form', () => ask(`Host: 0x7f.1\r\n${bearer()}`), 403],
    ['the origin of another site', () => ask(`${own()}${bearer()}Origin: http://evil.example\r\n`), 403],
    ['no origin at all', () => ask(`${own()}${bearer()}Origin: null\r\n`), 403],
    [
      'a preflight',
      () => ask(`${own()}Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n`, 'OPTIONS'),
      403,
    ],
    ['a change by GET', () => ask(own() + bearer(), 'GET', '/reload'), 405],
    [
      'a form of another site',
      () =>
        `POST /reload HTTP/1.1\r\n${own()}${bearer()}Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
      415,
    ],
    ['an absolute target', () => ask(own() + bearer(), 'GET', 'http://evil.example/status'), 404],
    ['a path that climbs', () => ask(own() + bearer(), 'GET', '/x/../status'), 404],
    ['the token, and nothing strange', () => ask(own() + bearer()), 200],
  ])('%s: %s', async (_name, bytes, status) => {
    expect(await call(bytes())).toEqual([status])
  })

  test('no call may be made by a page elsewhere: no answer allows another origin', async () => {
    const answer = await exchangeBytes(world().edge.adminAddress, ask(own() + bearer()))
    expect(answer).not.toMatch(/access-control-/i)
    expect(answer).toMatch(/x-content-type-options: nosniff/i)
  })

  test('its token is in no log', () => {
    expect(world().lines.join('')).not.toContain(world().token)
  })
})

describe('a route table that must not go live', () => {
  const nested = (depth: number) => `version: 1\nroutes: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
  const usual = () => usualRoutes(world().upstream.url)
  const aliases = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)

  test.each<[string, () => string]>([
    ['is empty', () => ''],
    ['is half written', () => usual().slice(0, 150)],
    ['is cut within a line', () => usual().slice(0, -20)],
    ['is a scalar', () => 'routes'],
    ['is two documents', () => `${usual()}---\n${usual()}`],
    ['has a byte order mark', () => `\uFEFF${usual()}`],
    ['has a NUL', () => `${usual()}\0`],
    ['has tabs', () => usual().replace('\n  monolith', '\n\tmonolith')],
    ['is a bomb of aliases', () => `a0: &a0 x\n${aliases.join('\n')}\n${usual()}`],
    ['is a cycle', () => `a: &a [*a]\n${usual()}`],
    ['merges a prototype', () => `${usual()}<<: { __proto__: { x: 1 } }\n`],
    ['sets __proto__', () => `${usual()}__proto__: { polluted: yes }\n`],
    ['sets constructor.prototype', () => `${usual()}constructor: { prototype: { polluted: yes } }\n`],
    ['has a function', () => `${usual()}x: !!js/function "function () {}"\n`],
    ['nests 1 000 deep', () => nested(1000)],
    ['nests 2 000 deep', () => nested(2000)],
    ['nests 100 000 deep', () => nested(100_000)],
    ['is larger than 4 MiB', () => `${usual()}# ${'x'.repeat(4 * 1024 * 1024)}\n`],
    ['has a key twice', () => usual().replace('version: 1', 'version: 1\nversion: 1')],
    ['has another version', () => usual().replace('version: 1', 'version: 2')],
    ['has a route twice', () => usual().replace('everything-else', 'users.read')],
    ['has no catch-all', () => usual().replace('path: /* ', 'path: /shop/* ')],
    ['names an upstream that is none', () => usual().replace('upstream: monolith', 'upstream: monolth')],
    ['serves 101%', () => usual().replace('serve: legacy', 'serve: 101%')],
    ['has an upstream of another scheme', () => usual().replace(/http:\/\/127[^,} ]*/, 'file:///etc/passwd')],
    ['has an upstream with a user', () => usual().replace('http://127', 'http://u:p@127')],
    ['has an upstream in another spelling', () => usual().replace('127.0.0.1', '0x7f.1')],
    ['has an upstream with a NUL in its name', () => usual().replace(/http:\/\/127[^,} ]*/, '"http://localhost\\0.x"')],
    ['has an upstream with a path', () => usual().replace(/(http:\/\/127[^,} ]*)/, '$1/admin')],
    ['climbs in a path', () => usual().replace('/api/customers/:id', '/api/../:id')],
  ])(
    '%s',
    async (_name, text) => {
      const { edge, exchange, routesFile, upstream } = world()
      await writeFile(routesFile, text())
      const reloaded = await edge.reload()
      expect(reloaded).toMatchObject({ ok: false, code: 'route-table-invalid' })
      const received = await exchange(get('/x', 'Connection: close\r\n'))
      expect(readAnswers(received, ['GET']).answers).toMatchObject([{ status: 200, body: 'GET /x' }])
      expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted')
      upstream.take()
    },
    20_000,
  )

  test('and the good one after it goes live', async () => {
    await writeFile(world().routesFile, `${usual()}# good\n`)
    expect(await world().edge.reload()).toMatchObject({ ok: true })
  })

  test('a thousand writes of it, half of them bad, end with what was written last', async () => {
    const { edge, routesFile, exchange } = world()
    let failed = 0
    let asked = 0
    const asking = setInterval(async () => {
      asked += 1
      const received = await exchange(get('/x', 'Connection: close\r\n'))
      if (!received.startsWith('HTTP/1.1 200')) failed += 1
    }, 10)
    for (let i = 0; i < 1_000; i++)
      await writeFile(routesFile, i % 2 === 0 ? `${usual()}# ${i}\n` : usual().slice(0, i))
    await writeFile(routesFile, `${usual()}# last\n`)
    const { ok, revision } = await edge.reload()
    clearInterval(asking)
    expect(ok).toBe(true)
    await eventually(async () => (await edge.reload()).revision === revision)
    expect(asked).toBeGreaterThan(0)
    expect(failed).toBe(0)
  })
})

describe('a route that leads back', () => {
  test('ends with 508 at the second passage', async () => {
    const { edge, routesFile, exchange, upstream } = world()
    await writeFile(routesFile, usualRoutes(edge.address))
    expect(await edge.reload()).toMatchObject({ ok: true })
    const { answers } = readAnswers(await exchange(get('/x', 'Connection: close\r\n')), ['GET'])
    expect(answers).toMatchObject([{ status: 508 }])
    await writeFile(routesFile, usualRoutes(upstream.url))
    expect(await edge.reload()).toMatchObject({ ok: true })
  })
})

describe('the log', () => {
  test.each([
    ['colours and line ends', '/%1b%5b31m', 'X-Request-Id: "a\\n12345678\r\n'],
    ['text that runs the other way', '/%e2%80%ae%e2%80%aetxt.exe', ''],
    ['quotes', `/"%7d,{"msg":"planted"}`, ''],
    ['8 KB', `/${'x'.repeat(8_000)}`, ''],
  ])('holds %s as one line of JSON without controls', async (_name, target, lines) => {
    const { exchange } = world()
    const before = world().lines.length
    await exchange(get(target, `${lines}Connection: close\r\n`))
    const written = await eventually(() => world().lines.length > before && world().lines.slice(before))
    for (const line of written) {
      expect(line.match(/\n/g)).toHaveLength(1)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(line.trimEnd()).not.toMatch(/[\0-\x1f\x7f\u202e]/)
      expect(line.length).toBeLessThan(4_096)
      expect(JSON.parse(line)).not.toHaveProperty('planted')
    }
  })
})
