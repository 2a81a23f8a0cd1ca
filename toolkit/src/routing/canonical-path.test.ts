import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalPath, segmentsOf } from './canonical-path.ts'

const hostile: readonly (readonly [string, string])[] = [
  ['/api/../admin', 'a dot segment'],
  ['/api/./x', 'a dot segment'],
  ['/api/..', 'a dot segment'],
  ['/api/%2e%2e/admin', 'a dot segment'],
  ['/api/%2E./', 'a dot segment'],
  ['/api/.%2e', 'a dot segment'],
  ['/api/..;/admin', 'a dot segment'],
  ['/api/..;a=b/admin', 'a dot segment'],
  ['/api/%2e%2e;x/admin', 'a dot segment'],
  ['/api/..%3b/admin', 'a dot segment'],
  ['/api/..%2fadmin', 'an encoded slash or backslash'],
  ['/api/%2e%2e%2fadmin', 'an encoded slash or backslash'],
  ['/api/..%5Cadmin', 'an encoded slash or backslash'],
  ['/api/%252e%252e/', 'a doubly encoded dot, slash, backslash or NUL'],
  ['/api/%25252e/', 'a doubly encoded dot, slash, backslash or NUL'],
  ['/api%252Fadmin', 'a doubly encoded dot, slash, backslash or NUL'],
  ['//admin', 'an empty segment ("//")'],
  ['/api//admin', 'an empty segment ("//")'],
  ['///evil.com', 'an empty segment ("//")'],
  ['/api/;x=1/admin', 'an empty segment ("//")'],
  ['/\\evil.com', 'a backslash'],
  ['/api\\..\\admin', 'a backslash'],
  ['/api%00', 'an encoded control character'],
  ['/api%0d%0aX:1', 'an encoded control character'],
  ['/api%7f', 'an encoded control character'],
  ['/api#/../admin', 'a fragment'],
  ['/api?x#y', 'a fragment'],
  ['/a b', 'white space, a control or a non-ASCII character'],
  ['/a\tb', 'white space, a control or a non-ASCII character'],
  ['/a\0b', 'white space, a control or a non-ASCII character'],
  ['/api\r\nX: 1', 'white space, a control or a non-ASCII character'],
  ['/caf\u00e9', 'white space, a control or a non-ASCII character'],
  ['/a?b c', 'white space, a control or a non-ASCII character'],
  ['/%c0%af', 'overlong UTF-8'],
  ['/%e0%80%af', 'overlong UTF-8'],
  ['/%f0%80%80%af', 'overlong UTF-8'],
  ['/%', 'a "%" without two hex digits'],
  ['/a%2', 'a "%" without two hex digits'],
  ['/a%zz', 'a "%" without two hex digits'],
  ['*', 'the target does not begin with "/"'],
  ['', 'the target does not begin with "/"'],
  ['http://other/x', 'the target does not begin with "/"'],
  ['file:///etc/passwd', 'the target does not begin with "/"'],
  ['host:443', 'the target does not begin with "/"'],
  ['?a=1', 'the target does not begin with "/"'],
]

describe('canonicalPath', () => {
  test.each(hostile)('refuses %j: %s', (target, reason) => {
    expect(canonicalPath(target)).toEqual({ ok: false, reason })
  })

  test.each([
    ['/', '/', ''],
    ['/api/customers/7', '/api/customers/7', ''],
    ['/api/customers/', '/api/customers/', ''],
    ['/api/customers?', '/api/customers', ''],
    ['/a?b=%&__proto__[x]=1&b=/../x%2f%00', '/a', 'b=%&__proto__[x]=1&b=/../x%2f%00'],
    ['/a?b?c', '/a', 'b?c'],
    ['/%61pi/%7Euser', '/api/~user', ''],
    ['/caf%c3%a9', '/caf%C3%A9', ''],
    ['/caf%e9', '/caf%E9', ''],
    ['/a%20b%2B', '/a%20b%2B', ''],
    ['/.well-known/x', '/.well-known/x', ''],
    ['/...', '/...', ''],
    ['/a;v=1/b', '/a;v=1/b', ''],
    ['/100%25', '/100%25', ''],
    ['/a%2541', '/a%2541', ''],
    ["/!$&'()*+,:=@[]|^`{}", "/!$&'()*+,:=@[]|^`{}", ''],
  ])('reads %j as %j', (target, path, query) => {
    expect(canonicalPath(target)).toEqual({ ok: true, path, query })
  })

  const piece = fc.constantFrom(
    ...['/', '.', '..', '%2e', '%2E', '%2f', '%5c', '%25', '%252e', '%00', ';', 'a', 'B', '%41', '%7e', '%c3', '%a9'],
    ...['%c0', '%af', '%', '\\', '?', '#', ' ', '\u00e9', ':', '%3B', '%3a', '~', '//', '%2525', '2e', '5c'],
  )
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)

  test('is idempotent: what it lets through, it reads the same again', () => {
    fc.assert(
      fc.property(target, (written) => {
        const once = canonicalPath(written)
        if (!once.ok) return
        expect(canonicalPath(once.path)).toEqual({ ok: true, path: once.path, query: '' })
      }),
      { numRuns: 3000 },
    )
  })

  test('never lets two readings through: decoded once or twice, or by the URL standard, the path keeps its segments', () => {
    fc.assert(
      fc.property(target, (written) => {
        const read = canonicalPath(written)
        if (!read.ok) return
        const count = read.path.split('/').length
        const once = latin1Decoded(read.path)
        const twice = latin1Decoded(once)
        for (const reading of [read.path, once, twice]) {
          expect(reading.split(/[/\\]/)).toHaveLength(count)
          expect(reading.split('/').some((segment) => /^\.\.?(;|$)/.test(segment))).toBe(false)
          expect(reading).not.toContain('\0')
        }
        expect(new URL(`http://host${read.path}`).pathname.split('/')).toHaveLength(count)
      }),
      { numRuns: 3000 },
    )
  })

  test('takes every spelling of the same path to the same segments', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcXYZ019-._~:@!$&()*+,='), minLength: 1, maxLength: 8 })
    const segments = fc.array(
      letters.filter((text) => !/^\.+$/.test(text)),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(segments, fc.infiniteStream(fc.boolean()), (written, coins) => {
        const spell = (text: string) =>
          [...text].map((letter) => (coins.next().value ? encoded(letter) : letter)).join('')
        const read = canonicalPath(`/${written.map(spell).join('/')}`)
        expect(read.ok && segmentsOf(read.path)).toEqual(written)
      }),
    )
  })
})

describe('segmentsOf', () => {
  test('drops path parameters, which some servers drop too before they read a path', () => {
    expect(segmentsOf('/api;x=1/customers;jsessionid=A/7')).toEqual(['api', 'customers', '7'])
  })

  test('keeps the empty segment behind a trailing slash', () => {
    expect(segmentsOf('/')).toEqual([''])
    expect(segmentsOf('/a/')).toEqual(['a', ''])
  })

  test('compares encoded bytes as one character each', () => {
    expect(segmentsOf('/caf%C3%A9')).toEqual(['caf\u00c3\u00a9'])
  })
})

function latin1Decoded(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (hex) => String.fromCharCode(Number.parseInt(hex.slice(1), 16)))
}

function encoded(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`
}
