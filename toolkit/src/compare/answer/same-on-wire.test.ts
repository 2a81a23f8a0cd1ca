import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareAnswers } from '../compare.ts'
import type { CompareRule } from '../rules/rule.ts'
import { toAnswer } from './answer.ts'
import { type FlatAnswer, isSameOnWire } from './same-on-wire.ts'

const name = fc.constantFrom(
  'Content-Type',
  'content-type',
  'Date',
  'Set-Cookie',
  'ETag',
  'Allow',
  'Content-Encoding',
  'Link',
)
const value = fc.constantFrom('a', 'A', 'a, b', 'b, a', 'gzip', 'SID=1; Path=/', 'application/json', '')
const flatAnswer: fc.Arbitrary<FlatAnswer> = fc.record({
  status: fc.constantFrom(200, 404),
  headers: fc.array(fc.tuple(name, value), { maxLength: 3 }).map((pairs) => pairs.flat()),
  body: fc.constantFrom('', '{"a":1,"b":2}', '{"b":2,"a":1}', 'x').map((text) => Buffer.from(text)),
  truncated: fc.boolean(),
})
const rules: readonly CompareRule[] = [
  { path: '$.a', id: true, reason: 'each arm gives its own' },
  { path: 'header:link', ignore: true, reason: 'not read' },
]

test('what is the same on the wire compares as a match, always', async () => {
  let same = 0
  await fc.assert(
    fc.asyncProperty(flatAnswer, flatAnswer, fc.boolean(), async (legacy, other, changed) => {
      const service = changed ? { ...legacy, headers: other.headers } : other
      if (!isSameOnWire(legacy, service)) return
      same += 1
      const [left, right] = await Promise.all([legacy, service].map((each) => toAnswer(paired(each), 1000)))
      if (left === undefined || right === undefined) throw new Error('two answers')
      expect(compareAnswers(left, right, { rules })).toEqual({ kind: 'match' })
    }),
    { numRuns: 3000, seed: 7 },
  )
  expect(same).toBeGreaterThan(50)
})

test('only what is compared counts: a date, an entity tag and the case of a name do not', () => {
  const one = answer(['Date', 'now', 'Content-Type', 'text/plain', 'ETag', '"1"'])
  expect(isSameOnWire(one, answer(['content-type', 'text/plain', 'date', 'later', 'x-new', '1']))).toBe(true)
  expect(isSameOnWire(one, answer(['content-type', 'text/html']))).toBe(false)
  expect(isSameOnWire(one, answer(['content-type', 'text/plain', 'set-cookie', 'a=1']))).toBe(false)
  expect(isSameOnWire(one, answer(['content-type', 'text/plain', 'content-encoding', 'gzip']))).toBe(false)
  expect(isSameOnWire(one, { ...one, body: Buffer.from('other') })).toBe(false)
  expect(isSameOnWire(one, { ...one, truncated: true })).toBe(false)
  expect(isSameOnWire(one, { ...one, status: 201 })).toBe(false)
})

function answer(headers: readonly string[]): FlatAnswer {
  return { status: 200, headers, body: Buffer.from('body'), truncated: false }
}

function paired({ headers, ...answer }: FlatAnswer) {
  const pairs: (readonly [string, string])[] = []
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at] ?? '', headers[at + 1] ?? ''])
  return { ...answer, headers: pairs }
}
