import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { parseJson } from '../../base/index.ts'
import type { HeaderPair } from '../exchange.ts'
import { writeRecording } from '../recording/recording-sink.ts'
import { isCardNumber } from './card-numbers.ts'
import { buildRedactor, type RawExchange } from './redact.ts'
import { redactJson } from './redact-json.ts'
import { redactPatterns } from './redact-text.ts'

const redact = buildRedactor({ key: Buffer.alloc(32, 7) })
const canary = 'CANARY0secret'
const card = '4111111111111111'
const webToken = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.c2lnbmF0dXJl'

const names = [
  'X-Auth-User',
  'X-CSRF-Token',
  'Client-Secret',
  'X-Password',
  'Session-Id',
  'apikey',
  'X-Amz-Security-Token',
]

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

test.each(plantedExchanges())('law 8: what is stored was redacted first: %s', async (_where, planted) => {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-redact-'))
  folders.push(folder)
  const file = join(folder, 'traffic.ndjson')
  const sink = await writeRecording(file, { banyanRecording: 1, startedAt: '2026-01-01T00:00:00Z', routes: [] })
  await sink.write(redact(exchange(planted)))
  await sink.close()
  const stored = await readFile(file, 'utf8')
  expect(stored).toContain('/kept')
  for (const secret of [canary, card, '4111 1111', '4111-1111', webToken, 'CANARY'])
    expect(stored).not.toContain(secret)
})

/** Every place in which a secret travels. */
function plantedExchanges(): [string, Planted][] {
  const nested = `{"a":[{"b":{"Pass_Word":"${canary}","c":1}}],"user":{"credentials":{"login":"${canary}","n":4242}}}`
  return [
    ['authorization', { headers: [['Authorization', `Bearer ${canary}`]] }],
    ['proxy-authorization without a scheme', { headers: [['Proxy-Authorization', canary]] }],
    ['cookies', { headers: [['Cookie', `a=${canary}; SHOPSESSID=${canary}; ${canary}`]] }],
    ['set-cookie', { answerHeaders: [['Set-Cookie', `SHOPSESSID=${canary}; Path=/; HttpOnly; x=${canary}`]] }],
    ['x-api-key', { headers: [['X-Api-Key', canary]] }],
    ['headers by the look of their name', { headers: names.map((name): HeaderPair => [name, canary]) }],
    ['a referer', { headers: [['Referer', `https://x.example/y?access_token=${canary}`]] }],
    ['a location', { answerHeaders: [['Location', `/cb?a=1&token=${canary}#id_token=${canary}`]] }],
    ['a link header', { answerHeaders: [['Link', `<https://u:${canary}@x.example/?api_key=${canary}>; rel=next`]] }],
    ['a query', { target: `/kept?a=1&password=${canary}&API-Key=${canary}&user%5Bpwd%5D=${canary}` }],
    ['a URL within a query', { target: `/kept?next=https%3A%2F%2Fu%3A${canary}%40h%2F%3Ftoken%3D${canary}` }],
    ['JSON within a query', { target: `/kept?f=${encodeURIComponent(`{"password":{"x":["${canary}"]}}`)}` }],
    ['a path that looks like user info', { target: `/kept/http://user:${canary}@host/x/u%3A${canary}%40h` }],
    ['a path after a secret name', { target: `/kept/reset-token/${canary}5f3c9a71` }],
    ['a card number in a path', { target: `/kept/${card}/4111%201111%201111%201111` }],
    ['deep JSON', json(nested)],
    ['JSON in JSON', json(JSON.stringify({ payload: JSON.stringify({ password: canary }) }))],
    ['an escaped key', json(`{"pass\\u0077ord":"${canary}"}`)],
    ['an escaped value', json(`{"password":"\\"${canary}\\\\"}`)],
    ['cut JSON', { ...json(`{"kept":1,"password":"${canary}`), cut: 10 }],
    ['JSON cut within an escape', { ...json(`{"password":"${canary}\\`), cut: 10 }],
    ['JSON cut within a half character', { ...json(`{"password":"${canary}`), cut: 10, halfCharacter: true }],
    ['what says JSON and is none', json(`password=${canary}&x=1`)],
    ['single quotes', json(`{'password':'${canary}', token: ${canary}}`)],
    ['NDJSON', json(`{"token":"${canary}"}\n{"token":"${canary}"}`)],
    ['card numbers in JSON', json(`{"n":${card},"t":"paid by 4111 1111 1111 1111 12 29","u":"4111-1111-1111-1111"}`)],
    ['a web token', json(`{"x":"${webToken}"}`)],
    [
      'a form',
      { type: 'application/x-www-form-urlencoded', body: `a=1&password=${canary}&card=4111+1111+1111+1111&n=${card}` },
    ],
    ['a cut form', { type: 'application/x-www-form-urlencoded', body: `a=1&pass_wd=${canary}`, cut: 9 }],
    ['multipart', { type: 'multipart/form-data; boundary=b', body: `--b\r\nname="x"\r\n\r\n${canary}` }],
    ['binary', { type: 'application/octet-stream', body: `\u0000\u0001${canary}` }],
    [
      'HTML inputs',
      {
        type: 'text/html',
        body: `<input type="password" value="${canary}"><input value='${canary}' name="csrf_token">`,
      },
    ],
    [
      'XML',
      {
        type: 'text/xml',
        body: `<u><s:Password x="1">${canary}</s:Password><pwd><![CDATA[${canary}]]></pwd><l token="${canary}"/></u>`,
      },
    ],
    ['plain text', { type: 'text/plain', body: `password: ${canary},${canary}\nBearer ${canary}\ncard ${card}` }],
    ['gzip', { ...json(nested), coding: 'gzip' }],
    ['brotli', { ...json(nested), coding: 'br' }],
    ['cut gzip', { ...json(nested), coding: 'gzip', cut: 5 }],
    ['an unknown coding', { ...json(nested), coding: 'zstd' }],
    ['the caller', { caller: canary }],
  ]
}

test('the same value has the same token, another key another one, and names and attributes stay', () => {
  const stored = redact(exchange({ headers: [['cookie', `a=${canary}; b=${canary}`]], caller: canary }))
  const token = redact.token(canary)
  expect(token).toMatch(/^~tok_[0-9a-f]{12}$/)
  expect(stored.caller).toBe(token)
  expect(stored.request.headers).toEqual([['cookie', `a=${token}; b=${token}`]])
  expect(buildRedactor({ key: Buffer.alloc(32, 8) }).token(canary)).not.toBe(token)
  const cookie = `S=${canary}; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax`
  const answer = redact(exchange({ answerHeaders: [['Set-Cookie', cookie]] }))
  expect(answer.response.headers).toEqual([['Set-Cookie', cookie.replace(canary, token)]])
})

test('what is no secret keeps its bytes: digits beyond a double, decimals, dates, white space', () => {
  const body =
    '{ "id": 9007199254740993, "rate":0.5555555555555556, "at":"03/04/2019 09:00 AM",\n "phone":"+1 212 555 0100", "tags":[] }'
  expect(redact(exchange(json(body))).request.body?.data).toBe(body)
  const target = '/kept/api/customers?after=25&limit=10&q=a%20b+c'
  expect(redact(exchange({ target })).request.target).toBe(target)
  const html = '<p class="x">Basic package for the bearer of this voucher: 12 items</p>'
  expect(redact(exchange({ type: 'text/html', body: html })).request.body?.data).toBe(html)
})

test('a body is stored up to the bound, and its whole size is said', () => {
  const small = buildRedactor({ key: Buffer.alloc(32), maxBodyBytes: 10 })
  expect(small(exchange({ type: 'text/plain', body: 'abcdefghij012345', cut: 4 })).request.body).toEqual({
    encoding: 'utf8',
    data: 'abcdefghij',
    bytes: 20,
    truncated: true,
    notStored: 'too-large',
  })
})

test('differences are redacted by the name of their field and by their form', () => {
  const difference = { kind: 'value', path: '$.user.token', legacy: canary, service: 'b' } as const
  expect(redact.difference(difference)).toMatchObject({ legacy: redact.token(canary), service: redact.token('b') })
  const text = { ...difference, path: '$.note', legacy: `card ${card}`, service: { password: canary } }
  expect(JSON.stringify(redact.difference(text))).not.toMatch(/CANARY|4111/)
  const harmless = { ...difference, path: '$.createdAt', legacy: '2019-03-04T09:00Z', service: null }
  expect(redact.difference(harmless)).toEqual(harmless)
})

test('card numbers are told by issuer, length and check digit', () => {
  for (const number of [card, '5500000000000004', '378282246310005', '6011000990139424'])
    expect(isCardNumber(number)).toBe(true)
  for (const number of ['4111111111111112', '1700000000000', '123', '0000000000000000'])
    expect(isCardNumber(number)).toBe(false)
  expect(redactPatterns('at 22 4111 1111 1111 1111 2029', () => 'X')).toBe('at X 2029')
  expect(redactPatterns('3 items, 4111 1111 1111 1111', () => 'X')).toBe('3 items, X')
})

test('JSON without secrets stays as it is, and JSON with one stays JSON and loses it wherever it stands', () => {
  const plain = fc.jsonValue({ maxDepth: 4 })
  const name = fc.constantFrom('password', 'apiKey', 'ACCESS_TOKEN', 'cvv', 'client-secret')
  fc.assert(
    fc.property(plain, name, fc.nat(3), (value, key, depth) => {
      let planted: unknown = { before: value, [key]: canary, list: [value, { [key]: [canary, { deep: canary }] }] }
      for (let level = 0; level < depth; level++) planted = [planted, { inner: planted }]
      const redacted = redactJson(JSON.stringify(planted), redact.token)
      expect(redacted).not.toContain(canary)
      expect(parseJson(redacted)).toBeDefined()
    }),
    { numRuns: 200 },
  )
})

test('no cut of a body, at whatever byte, lets a secret through', () => {
  const body = JSON.stringify({ a: 'é', password: canary, b: { token: [canary] }, c: `x="${card}" ${webToken}` })
  for (let length = 1; length < Buffer.byteLength(body); length++) {
    const kept = Buffer.from(body).subarray(0, length)
    const raw = exchange({ type: 'application/json' })
    const stored = redact({ ...raw, request: { ...raw.request, body: { kept, bytes: 999 } } })
    expect(stored.request.body?.data).not.toMatch(/CANARY0|"CAN|4111111|eyJhbGciOiJIUzI1NiJ9/)
  }
})

test('redacting takes time in proportion to the body, whatever it holds', () => {
  const hostile = [
    '"',
    '\\',
    '[',
    '{"a":',
    '4 ',
    '41111111',
    'a=',
    '<a ',
    '<input ',
    'eyJ',
    '://a:',
    'Bearer ',
    "'",
    ' =',
  ]
  for (const part of hostile) {
    const body = part.repeat(Math.floor(65_536 / part.length))
    for (const type of ['application/json', 'text/html', 'application/x-www-form-urlencoded']) {
      const startedAt = performance.now()
      redact(exchange({ type, body }))
      expect(performance.now() - startedAt, `${type} of ${part}`).toBeLessThan(3000)
    }
  }
})

test('a request target costs little, whatever it holds: every request waits while an edge reads one', () => {
  const { target } = redact
  for (const part of ['4-', '%34%20', ';a=', '/', '&a=']) {
    const long = `/${part.repeat(Math.floor(8_000 / part.length))}`
    const before = process.cpuUsage()
    for (let n = 0; n < 50; n++) target(`${long}${n}`)
    expect(process.cpuUsage(before).user / 50_000, `ms for each of ${part}`).toBeLessThan(8)
  }
})

interface Planted {
  readonly headers?: readonly HeaderPair[]
  readonly answerHeaders?: readonly HeaderPair[]
  readonly target?: string
  readonly type?: string
  readonly body?: string
  readonly cut?: number
  readonly halfCharacter?: boolean
  readonly coding?: string
  readonly caller?: string
}

function json(body: string): Planted {
  return { type: 'application/json', body }
}

/** The planted body stands in the request and in the answer. */
function exchange(planted: Planted): RawExchange {
  const plain = Buffer.from(planted.body ?? '')
  const whole = planted.halfCharacter === true ? Buffer.concat([plain, Buffer.from([0xc3])]) : plain
  const kept = coded(whole, planted.coding)
  const body = kept.length === 0 ? undefined : { kept, bytes: kept.length + (planted.cut ?? 0) }
  const described: HeaderPair[] = []
  if (planted.type !== undefined) described.push(['Content-Type', planted.type])
  if (planted.coding !== undefined) described.push(['Content-Encoding', planted.coding])
  return {
    id: 'x1',
    at: '2026-01-02T03:04:05.000Z',
    route: 'users.read',
    capability: 'users',
    servedBy: 'legacy',
    caller: planted.caller,
    tookMs: 1,
    request: {
      method: 'POST',
      target: planted.target ?? '/kept',
      headers: [...described, ...(planted.headers ?? [])],
      body,
    },
    response: { status: 200, headers: [...described, ...(planted.answerHeaders ?? [])], body },
  }
}

function coded(body: Buffer, coding: string | undefined): Buffer {
  if (coding === 'gzip') return gzipSync(body)
  return coding === 'br' ? brotliCompressSync(body) : body
}
