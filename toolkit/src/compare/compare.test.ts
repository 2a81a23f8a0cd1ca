import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PathStep } from '../base/index.ts'
import type { Answer } from './answer/answer.ts'
import { formatPath } from './body/path.ts'
import { compareAnswers } from './compare.ts'
import type { CompareRule } from './rules/rule.ts'

const noRules = { rules: [] }

test('equal values match, whatever the order of their keys and the white space', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(), (value, seed) => {
      const shuffled = JSON.stringify(withKeysTurned(value, seed), null, seed % 3)
      expect(compareAnswers(json(JSON.stringify(value)), json(shuffled), noRules)).toEqual({ kind: 'match' })
    }),
    { numRuns: 300 },
  )
})

test('a planted single change is exactly one difference, at its path', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (value, choices) => {
      const planted = plant(value, choices)
      const verdict = compareAnswers(json(JSON.stringify(value)), json(JSON.stringify(planted.value)), noRules)
      expect(verdict).toMatchObject({ kind: 'mismatch', differences: [{ path: formatPath(planted.path) }] })
      expect(verdict).toHaveProperty('differences.length', 1)
    }),
    { numRuns: 500 },
  )
})

test('a comparer never throws, whatever bytes and headers it is given', () => {
  const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array))
  const jsonLike = fc
    .string({ unit: fc.constantFrom(...'[]{}",:\\u0019eE+-. \u0001é') })
    .map((text) => Buffer.from(text))
  const body = fc.oneof(bytes, jsonLike)
  const rules = fc.array(
    fc.record({
      path: fc.oneof(fc.string(), fc.constantFrom('$', '$.a[*].b', '$["', '$[', '(')),
      ignore: fc.constant<true>(true),
      reason: fc.string(),
    }),
  )
  const headers = fc.dictionary(
    fc.constantFrom('content-type', 'set-cookie', 'cache-control', 'www-authenticate'),
    fc.string(),
  )
  const kinds = new Set(['match', 'noise', 'mismatch'])
  fc.assert(
    fc.property(body, body, headers, rules, (a, b, given, accepted) => {
      const legacy = answer({ body: a, headers: given })
      const service = answer({ body: b })
      expect(kinds).toContain(compareAnswers(legacy, service, { rules: accepted }).kind)
      expect(kinds).toContain(compareAnswers(service, legacy, { rules: accepted }).kind)
    }),
    { numRuns: 1000 },
  )
})

test('a broken comparer is not comparable, and hurts nobody', () => {
  const broken = { ...json('{}'), headers: new Map() }
  broken.headers.get = () => {
    throw new Error('planted')
  }
  expect(compareAnswers(broken, json('{"a":1}'), noRules)).toEqual({ kind: 'not-comparable', why: 'comparer-failed' })
})

test.each([
  ['missing', '{"a":1,"b":null}', '{"a":1}', '$.b', null, undefined],
  ['extra', '{"a":1}', '{"a":1,"b":""}', '$.b', undefined, ''],
  ['type', '{"id":7}', '{"id":"7"}', '$.id', 7, '7'],
  ['type', '{"phone":null}', '{"phone":""}', '$.phone', null, ''],
  ['type', '{"a":[]}', '{"a":{}}', '$.a', [], {}],
  [
    'value',
    '{"addresses":[{"city":"Rome"}]}',
    '{"addresses":[{"city":"Oslo"}]}',
    '$.addresses[0].city',
    'Rome',
    'Oslo',
  ],
  ['value', '{"odd key":{"$":1}}', '{"odd key":{"$":2}}', '$["odd key"]["$"]', 1, 2],
  ['order', '{"tags":["a","b"]}', '{"tags":["b","a"]}', '$.tags', ['a', 'b'], ['b', 'a']],
  ['length', '[1,2,3]', '[1,9,2,3]', '$', 3, 4],
  ['length', '{"items":[{"a":1},{"a":2}]}', '{"items":[{"a":2}]}', '$.items', 2, 1],
  ['value', '{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}', '$.__proto__.a', 1, 2],
  ['missing', '{"constructor":1,"hasOwnProperty":2}', '{"constructor":1}', '$.hasOwnProperty', 2, undefined],
  ['missing', '{"a":{"n":[9007199254740993]}}', '{}', '$.a', { n: ['9007199254740993'] }, undefined],
  ['missing', '{"a":1,"a":2}', '{"a":2}', '$["a (1)"]', 1, undefined],
  ['value', '{"a":1,"b":0,"a":2}', '{"a":3,"b":0,"a":2}', '$["a (1)"]', 1, 3],
  ['value', '{"n":9007199254740993}', '{"n":9007199254740992}', '$.n', '9007199254740993', 9007199254740992],
  ['value', '{"n":0.1000000000000000055}', '{"n":0.1}', '$.n', '1000000000000000055e-19', 0.1],
  ['value', '{"n":1e400}', '{"n":2e400}', '$.n', '1e400', '2e400'],
  [
    'type',
    '{"n":9007199254740993}',
    '{"n":"9007199254740993"}',
    '$.n',
    '9007199254740993 (number)',
    '9007199254740993',
  ],
])('%s: %s against %s', (kind, a, b, path, legacy, service) => {
  const verdict = compareAnswers(json(a), json(b), noRules)
  expect(verdict).toEqual({ kind: 'mismatch', differences: [{ kind, path, legacy, service }] })
})

test.each([
  [
    'one notation of a number and another',
    '{"n":[1.0,100,1e2,-0,12300000000000000000000]}',
    '{"n":[1,1e2,100,0,1.23e22]}',
  ],
  ['the same duplicate keys', '{"a":1,"a":2}', '{ "a":1, "a":2 }'],
  ['a byte order mark and none', '\ufeff{"a":1}', '{"a":1}'],
  ['an escape and its character', '{"a":"\\u00e9\\/"}', '{"a":"é/"}'],
  ['long digits within text', '{"a":"12345678901234567890"}', '{ "a":"12345678901234567890"}'],
])('%s match', (_name, a, b) => {
  expect(compareAnswers(json(a), json(b), noRules)).toEqual({ kind: 'match' })
})

test('a status that differs explains the rest; once it is accepted, the rest is compared', () => {
  const legacy = json('{"a":1}')
  const service = { ...json('{"a":2}'), status: 404 }
  const status = { kind: 'status', path: 'status', legacy: 200, service: 404 }
  expect(compareAnswers(legacy, service, noRules)).toEqual({ kind: 'mismatch', differences: [status] })
  expect(compareAnswers(legacy, service, rules('status'))).toMatchObject({
    kind: 'mismatch',
    differences: [{ path: '$.a' }],
  })
  expect(compareAnswers(legacy, service, rules('status', '$.a'))).toMatchObject({ kind: 'noise' })
})

test.each([
  ['content-type', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', true],
  ['content-type', 'multipart/mixed; boundary=a', 'multipart/mixed; boundary=b', true],
  ['content-type', 'application/json', 'application/json; charset=utf-8', false],
  ['location', '/a', '/a?x=1', false],
  ['cache-control', 'no-cache, max-age=60', 'max-age=60,NO-CACHE', true],
  ['cache-control', 'private', 'public', false],
  ['content-language', 'en', 'de', false],
  ['www-authenticate', 'Digest realm="a", nonce="1"', 'Digest realm="a", nonce="2"', true],
  ['www-authenticate', 'Basic realm="a"', 'Basic realm="b"', false],
  ['set-cookie', 'S=1; Path=/; HttpOnly', 'S=2; httponly; path=/', true],
  ['set-cookie', 'S=1; Path=/; HttpOnly', 'S=1; Path=/', false],
  ['set-cookie', 'S=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'S=1; Expires=Thu, 22 Oct 2026 09:28:00 GMT', true],
  ['set-cookie', 'S=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'S=; Expires=Thu, 01 Jan 1970 00:00:00 GMT', false],
  ['date', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:01 GMT', true],
  ['etag', '"a"', '"b"', true],
])('the header %s: %s and %s', (name, a, b, same) => {
  const verdict = compareAnswers(answer({ headers: { [name]: a } }), answer({ headers: { [name]: b } }), noRules)
  expect(verdict.kind).toBe(same ? 'match' : 'mismatch')
  const path = name === 'set-cookie' ? 'header:set-cookie.S' : `header:${name}`
  if (!same) expect(verdict).toMatchObject({ differences: [{ kind: 'header', path }] })
})

test('a redirect to an arm itself is a redirect to its path', () => {
  const to = (location: string) => answer({ headers: { location } })
  const options = { rules: [], origins: ['http://127.0.0.1:4000/', 'http://127.0.0.1:4101'] }
  const verdictOn = (a: string, b: string) => compareAnswers(to(a), to(b), options).kind
  expect(verdictOn('http://127.0.0.1:4000/login?next=%2F', 'http://127.0.0.1:4101/login?next=%2F')).toBe('match')
  expect(verdictOn('/login', 'http://127.0.0.1:4101/login')).toBe('match')
  expect(verdictOn('http://127.0.0.1:4000', 'http://127.0.0.1:4101/')).toBe('match')
  expect(verdictOn('/login', 'http://127.0.0.1:41019/login')).toBe('mismatch')
})

test('a rule silences exactly the path that it says', () => {
  const a = '{"items":[{"id":1,"idempotencyKey":"x"},{"id":2,"idempotencyKey":"y"}],"odd key":1}'
  const b = '{"items":[{"id":3,"idempotencyKey":"z"},{"id":2,"idempotencyKey":"y"}],"odd key":2}'
  const paths = (...accepted: string[]) => differencePaths(compareAnswers(json(a), json(b), rules(...accepted)))
  expect(paths('$.items[*].id')).toEqual(['$.items[0].idempotencyKey', '$["odd key"]'])
  expect(paths('$.items[0].idempotencyKey', "$['odd key']")).toEqual(['$.items[0].id'])
  expect(paths('$.items[1].id', '$.items', '$.items[*]', '$')).toHaveLength(3)
  expect(
    compareAnswers(json(a), json(b), rules('$.items[*].id', '$.items[*].idempotencyKey', '$["odd key"]')).kind,
  ).toBe('noise')
})

test('items that differ only where a rule accepts it are not called reordered', () => {
  const a = '[{"id":1,"n":"a"},{"id":2,"n":"a"}]'
  const b = '[{"id":2,"n":"a"},{"id":1,"n":"a"}]'
  expect(compareAnswers(json(a), json(b), noRules)).toMatchObject({
    kind: 'mismatch',
    differences: [{ kind: 'order', path: '$' }],
  })
  expect(compareAnswers(json(a), json(b), rules('$[*].id')).kind).toBe('noise')
})

test('the differences of one exchange are bounded, and the rest is counted', () => {
  const numbers = (offset: number) => JSON.stringify(Array.from({ length: 250 }, (_, index) => index * 1000 + offset))
  const verdict = compareAnswers(json(numbers(1)), json(numbers(2)), noRules)
  expect(verdict).toMatchObject({ kind: 'mismatch', leftOut: 150 })
  expect(verdict).toHaveProperty('differences.length', 100)
})

test('long values are shortened around the place where they differ', () => {
  const long = 'x'.repeat(5000)
  const verdict = compareAnswers(
    json(JSON.stringify({ a: `${long}A${long}` })),
    json(JSON.stringify({ a: `${long}B${long}` })),
    noRules,
  )
  const [difference] = verdict.kind === 'mismatch' ? verdict.differences : []
  expect(difference?.legacy).toMatch(/^…x+Ax+…$/)
  expect(String(difference?.service).length).toBeLessThan(200)
  const large = compareAnswers(json('{}'), json(`{"list":[${'[[]],'.repeat(5000)}0]}`), noRules)
  expect(large).toMatchObject({ differences: [{ kind: 'extra', path: '$.list', service: '[… 5001 items]' }] })
})

test('a body that is nothing that has parts is one value, shown by its bytes and its digest', () => {
  const png = (...bytes: number[]) => answer({ body: Buffer.from(bytes), headers: { 'content-type': 'image/png' } })
  expect(compareAnswers(png(1, 0, 255), png(1, 0, 255), noRules)).toEqual({ kind: 'match' })
  expect(compareAnswers(png(1, 0, 255), png(), noRules)).toMatchObject({
    differences: [{ path: '$', legacy: '0x0100ff (3 bytes, sha256 b7ae7729)', service: 'empty (0 bytes)' }],
  })
})

test('bytes that are no UTF-8 are never taken for each other', () => {
  const body = (byte: number) => ({ ...json('{}'), body: Buffer.from([0x22, byte, 0x22]) })
  expect(compareAnswers(body(0xff), body(0xfe), noRules)).toMatchObject({
    kind: 'mismatch',
    differences: [{ path: '$' }],
  })
})

test('nesting without end and lists of lists do not stop the comparer', () => {
  const deep = (depth: number, core: string) => json(`${'['.repeat(depth)}${core}${']'.repeat(depth)}`)
  expect(compareAnswers(deep(300, '1'), deep(300, '2'), noRules)).toMatchObject({
    differences: [{ path: `$${'[0]'.repeat(300)}` }],
  })
  expect(compareAnswers(deep(100_000, '1'), deep(100_000, '2'), noRules)).toMatchObject({
    differences: [{ kind: 'value', path: `$${'[0]'.repeat(400)}` }],
  })
  expect(compareAnswers(deep(100_000, '1'), deep(100_000, ' 1 '), noRules)).toEqual({ kind: 'match' })
  const bushy = (core: string) => json(`${'[0,'.repeat(390)}${core}${',1,2]'.repeat(390)}`)
  const startedAt = performance.now()
  expect(compareAnswers(bushy('[1]'), bushy('[1,2]'), noRules).kind).toBe('mismatch')
  expect(performance.now() - startedAt).toBeLessThan(1000)
})

test('a cut answer is not comparable', () => {
  const cut = { ...json('{'), truncated: true }
  expect(compareAnswers(cut, json('{}'), noRules)).toEqual({ kind: 'not-comparable', why: 'truncated' })
})

function json(text: string): Answer {
  return answer({ body: Buffer.from(text), headers: { 'content-type': 'application/json; charset=utf-8' } })
}

function answer({ body = Buffer.alloc(0), headers = {} }: { body?: Buffer; headers?: Record<string, string> }): Answer {
  const map = new Map(Object.entries(headers).map(([name, value]): [string, string[]] => [name, [value]]))
  return { status: 200, headers: map, body, truncated: false }
}

function rules(...paths: string[]): { readonly rules: readonly CompareRule[] } {
  return { rules: paths.map((path) => ({ path, ignore: true, reason: 'accepted in a test' })) }
}

function differencePaths(verdict: ReturnType<typeof compareAnswers>): string[] {
  return verdict.kind === 'mismatch' ? verdict.differences.map(({ path }) => path) : []
}

/** The same value with the keys of its objects turned round, `seed` deciding where. */
function withKeysTurned(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withKeysTurned(item, seed + index))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    withKeysTurned(inner, seed >> 1),
  ])
  return Object.fromEntries(seed % 2 === 0 ? entries.reverse() : entries)
}

/** Changes one leaf, or puts one key into an empty object or one item into an empty array. */
function plant(
  value: unknown,
  choices: readonly number[],
  path: readonly PathStep[] = [],
): { value: unknown; path: PathStep[] } {
  const [choice = 0, ...rest] = choices
  if (Array.isArray(value) && value.length > 0) {
    const at = choice % value.length
    const inner = plant(value[at], rest, [...path, at])
    return { value: value.with(at, inner.value), path: inner.path }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value)
    const key = entries[choice % entries.length]?.[0] ?? ''
    const inner = plant(Object.getOwnPropertyDescriptor(value, key)?.value, rest, [...path, key])
    return {
      value: Object.fromEntries(entries.map(([name, old]) => [name, name === key ? inner.value : old])),
      path: inner.path,
    }
  }
  if (Array.isArray(value)) return { value: ['planted'], path: [...path] }
  if (typeof value === 'object' && value !== null) return { value: { planted: 1 }, path: [...path, 'planted'] }
  return { value: value === 'planted' ? 'other' : 'planted', path: [...path] }
}
