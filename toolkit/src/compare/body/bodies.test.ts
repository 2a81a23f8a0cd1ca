import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answered, found } from '../answers.fixture.ts'
import { compareAnswers } from '../compare.ts'

const noRules = { rules: [] }
const verdictOn = (legacy: string | Buffer, service: string | Buffer, type: string) =>
  compareAnswers(answered(legacy, type), answered(service, type), noRules)

describe('HTML', () => {
  const page = (inner: string) => `<!doctype html><html><head><title>Shop</title></head><body>${inner}</body></html>`

  test('is compared by its tree: white space, comments and the order of attributes do not count', () => {
    const a = page('<ul class="a" id="b"><li>One  more</li><li>Two</li></ul>')
    const b = page('\n <ul id=b class=a>\n  <li>One\nmore <!-- x --></li><li> Two </ul>')
    expect(verdictOn(a, b, 'text/html; charset=utf-8')).toEqual({ kind: 'match' })
  })

  test.each([
    ['<p>12.00</p>', '<p>1200</p>', 'value $.html[0].body[0].p[0].text[0]'],
    ['<ul><li>a<li>b</ul>', '<ul><li>a</ul>', 'length $.html[0].body[0].ul[0].li'],
    ['<a href="/x">y</a>', '<a href="/z">y</a>', 'value $.html[0].body[0].a[0]["@href"]'],
    ['<input required>', '<input>', 'missing $.html[0].body[0].input[0]["@required"]'],
    ['<p>a</p>', '<p>a</p><hr>', 'extra $.html[0].body[0].hr'],
    ['<b>a</b> x <b>b</b>', '<b>a</b> <b>b</b> x', 'missing $.html[0].body[0].order'],
    ['<pre>a  b</pre>', '<pre>a b</pre>', 'value $.html[0].body[0].pre[0].text[0]'],
  ])('%s against %s: %s', (a, b, difference) => {
    expect(found(verdictOn(page(a), page(b), 'text/html'))).toEqual([difference])
  })

  test('that nests without end is compared as text, and any text is some page', () => {
    const deep = (core: string) => page(`${'<div>'.repeat(2000)}${core}`)
    expect(found(verdictOn(deep('a'), deep('b'), 'text/html'))).toEqual(['value $'])
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(['match', 'mismatch']).toContain(verdictOn(a, b, 'text/html').kind)
      }),
      { numRuns: 100 },
    )
  })
})

test('a form is compared field by field, in any order', () => {
  const type = 'application/x-www-form-urlencoded'
  expect(verdictOn('a=1&b=x+y&c=1&c=2', 'c=1&b=x%20y&c=2&a=1', type)).toEqual({ kind: 'match' })
  expect(found(verdictOn('a=1&c=1&c=2', 'a=2&c=1&c=3', type))).toEqual(['value $.a', 'value $.c[1]'])
})

test('a text is compared line by line', () => {
  expect(found(verdictOn('one\ntwo\nthree\n', 'one\n2\nthree\n', 'text/plain'))).toEqual(['value $[1]'])
  expect(found(verdictOn('one\ntwo\nthree', 'one\nthree', 'application/xml'))).toEqual(['length $'])
  expect(found(verdictOn('pong', 'PONG', 'text/plain'))).toEqual(['value $'])
})

test('JSON that is none is compared as text', () => {
  expect(found(verdictOn('{"a":1', '{"a":2', 'application/json'))).toEqual(['value $'])
  expect(found(verdictOn('{"a":1}', 'not found', 'application/json'))).toEqual(['value $'])
})

test('bodies too large to be kept are compared by their digests, where there are any', () => {
  const large = (text: string) => {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
    return { ...answered(text.slice(0, 10)), truncated: true, digest }
  }
  const text = 'x'.repeat(1000)
  expect(compareAnswers(large(text), large(text), noRules)).toEqual({ kind: 'match' })
  expect(found(compareAnswers(large(text), large(`${text}y`), noRules))).toEqual(['value $'])
  expect(found(compareAnswers(large(text), answered('x'), noRules))).toEqual(['value $'])
  expect(found(compareAnswers(large(text), { ...answered('x'), truncated: true }, noRules))).toEqual(['truncated'])
})

describe('JSON as it stands', () => {
  const exact = (legacy: string, service: string) => found(verdictOn(legacy, service, 'application/json'))

  test('is looked over in any alignment, with spaces before colons, and with colons in texts', () => {
    const text = '{"a" : 1, "b":{"c":": \\":x\\": ","d":[{"e":2}]},"12345678901234":":"}'
    for (const offset of [0, 1, 2, 3]) {
      const shifted = Buffer.concat([Buffer.alloc(offset), Buffer.from(text.replace('2}', '3}'))]).subarray(offset)
      expect(found(verdictOn(text, shifted, 'application/json'))).toEqual(['value $.b.d[0].e'])
    }
  })

  test('keeps every duplicate key, wherever it stands', () => {
    expect(exact('{"x":[{"a":1,"a":2}]}', '{"x":[{"a":9,"a":2}]}')).toEqual(['value $.x[0]["a (1)"]'])
    expect(exact('{"a":1,"b":":","a":2}', '{"a":2,"b":":"}')).toEqual(['missing $["a (1)"]'])
  })

  test('rounds no number, however long the text before it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.bigInt(2n ** 53n, 2n ** 80n), (length, number) => {
        const text = (n: bigint) => `{"${'k'.repeat(length)}":${n},"z":0}`
        expect(exact(text(number), text(number + 1n))).toHaveLength(1)
        expect(exact(text(number), `${text(number)} `)).toEqual([])
      }),
      { numRuns: 200 },
    )
    expect(exact('{"a":1e-400}', '{"a":2e-400}')).toEqual(['value $.a'])
  })
})
