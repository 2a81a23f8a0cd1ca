import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { HeaderPair } from '../exchange.ts'
import { buildRedactor, type RawExchange } from './redact.ts'
import type { RedactionRules } from './rules.ts'

const key = Buffer.alloc(32, 7)

test('rules name headers, fields at any depth and places, in JSON, forms and queries', () => {
  const rules: RedactionRules = {
    headers: ['X-Customer-Ref'],
    fields: ['e_mail', 'phone'],
    paths: ['$.user.note', '$.items[*].memo', '$.list[1]', '$["odd key"].deep'],
  }
  const stored = redacted(rules, {
    headers: [
      ['x-customer-ref', 'C-1'],
      ['x-other', 'kept'],
    ],
    target: '/a?E-Mail=ada%40x.example&page=2',
    body: json({
      email: 'ada@x.example',
      user: { note: { a: 1, b: 'n' }, name: 'kept' },
      note: 'kept',
      items: [
        { memo: 'm', kept: 1 },
        { memo: ['m', 2], phone: 7 },
      ],
      list: ['kept', 'gone', 'kept'],
      'odd key': { deep: true, deeper: 'kept' },
    }),
  })
  const { token } = buildRedactor({ key })
  expect(stored.request.headers.slice(0, 2)).toEqual([
    ['x-customer-ref', token('C-1')],
    ['x-other', 'kept'],
  ])
  expect(stored.request.target).toBe(`/a?E-Mail=${token('ada@x.example')}&page=2`)
  expect(JSON.parse(stored.request.body?.data ?? '')).toEqual({
    email: token('ada@x.example'),
    user: { note: { a: token('1'), b: token('n') }, name: 'kept' },
    note: 'kept',
    items: [
      { memo: token('m'), kept: 1 },
      { memo: [token('m'), token('2')], phone: token('7') },
    ],
    list: ['kept', token('gone'), 'kept'],
    'odd key': { deep: true, deeper: 'kept' },
  })
})

test('what a rule keeps is no secret: fields, headers and cookies that only look like one', () => {
  const stored = redacted(
    { keep: ['pin', 'X-Session-Kind', 'theme'] },
    {
      headers: [
        ['X-Session-Kind', 'guest'],
        ['Cookie', 'theme=dark; SHOPSESSID=canary'],
      ],
      target: '/a?pin=map',
      body: json({ pin: 'map', password: 'canary' }),
    },
  )
  expect(JSON.stringify(stored)).not.toContain('canary')
  expect(stored.request.headers[0]).toEqual(['X-Session-Kind', 'guest'])
  expect(stored.request.headers[1]?.[1]).toMatch(/^theme=dark; SHOPSESSID=~tok_/)
  expect(stored.request.target).toBe('/a?pin=map')
  expect(JSON.parse(stored.request.body?.data ?? '')).toMatchObject({ pin: 'map' })
})

test('each value that becomes a token is told, every time, and a token never is', () => {
  const told: [string, string][] = []
  const redact = buildRedactor({ key, onToken: (token, value) => void told.push([token, value]) })
  const first = redact(raw({ headers: [['Cookie', 'a=secret-1; b=secret-2']] }))
  redact(raw({ headers: first.request.headers }))
  redact(raw({ headers: [['Cookie', 'a=secret-1']] }))
  // Request and answer carry the same headers here.
  const both = ['secret-1', 'secret-2', 'secret-1', 'secret-2']
  expect(told.map(([, value]) => value)).toEqual([...both, 'secret-1', 'secret-1'])
  expect(told[0]?.[0]).toBe(redact.token('secret-1'))
})

test('a picture in an answer is kept as base64 with its digest; in a request, or as mere bytes, it is not', () => {
  const picture = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]), randomBytes(200)])
  const digest = `sha256:${createHash('sha256').update(picture).digest('hex')}`
  const stored = redacted({}, { type: 'image/png', body: picture })
  expect(stored.response.body).toEqual({
    encoding: 'base64',
    data: picture.toString('base64'),
    bytes: picture.length,
    truncated: false,
    digest,
  })
  expect(stored.request.body).toMatchObject({ data: '', truncated: true, notStored: 'not-text' })
  expect(stored.request.body?.digest).toBeUndefined()
  const bytes = redacted({}, { type: 'application/octet-stream', body: picture })
  expect(bytes.response.body).toMatchObject({ data: '', notStored: 'not-text', digest })
  const few = redacted({}, { type: 'application/octet-stream', body: picture.subarray(0, 20) })
  expect(few.response.body?.digest).toBeUndefined()
})

test('an answer longer than what is stored has the digest of its whole, decoded, wherever that was made', () => {
  const text = Buffer.from('many words '.repeat(10_000))
  const sha256 = createHash('sha256').update(text).digest('hex')
  const plain = redacted({}, { type: 'text/plain', body: text })
  expect(plain.response.body).toMatchObject({ truncated: true, notStored: 'too-large', digest: `sha256:${sha256}` })
  expect(plain.response.body?.data.length).toBeGreaterThan(60_000)
  const zipped = redacted({}, { type: 'text/plain', body: gzipSync(text), headers: [['Content-Encoding', 'gzip']] })
  expect(zipped.response.body).toMatchObject({ truncated: true, digest: `sha256:${sha256}` })
  const message = raw({ type: 'text/plain', body: text })
  const passed = { kept: text.subarray(0, 1000), bytes: text.length, sha256 }
  const cut = buildRedactor({ key })({ ...message, response: { ...message.response, body: passed } })
  expect(cut.response.body).toMatchObject({ truncated: true, digest: `sha256:${sha256}` })
})

test('a style sheet keeps its classes', () => {
  const css = '.card:hover { color: red } .top .pin:focus, .session:active {}'
  expect(redacted({}, { type: 'text/css', body: Buffer.from(css) }).response.body?.data).toBe(css)
})

interface Sent {
  readonly headers?: readonly HeaderPair[]
  readonly target?: string
  readonly type?: string
  readonly body?: Buffer
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function redacted(rules: RedactionRules, sent: Sent) {
  return buildRedactor({ key, rules })(raw(sent))
}

function raw({ headers = [], target = '/a', type = 'application/json', body }: Sent): RawExchange {
  const stored = body === undefined ? undefined : { kept: body, bytes: body.length }
  const all: HeaderPair[] = body === undefined ? [...headers] : [...headers, ['Content-Type', type]]
  return {
    id: 'x1',
    at: '2026-01-02T03:04:05.000Z',
    route: 'r',
    capability: undefined,
    servedBy: 'monolith',
    caller: undefined,
    tookMs: 1,
    request: { method: 'POST', target, headers: all, body: stored },
    response: { status: 200, headers: all, body: stored },
  }
}
