import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalHost, parseHost, parseOrigin, withoutPort } from './origin.ts'

describe('parseOrigin', () => {
  test.each([
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['https://Shop.Example/', 'https://shop.example'],
    ['http://monolith:80', 'http://monolith'],
    ['http://[::1]:4101', 'http://[::1]:4101'],
    ['http://xn--caf-dma.example', 'http://xn--caf-dma.example'],
  ])('reads %s', (text, origin) => {
    const parsed = parseOrigin(text)
    expect(parsed.ok && parsed.value.origin).toBe(origin)
  })

  test.each([
    'http://caf\u00e9.example',
    'http://a b',
    'http://',
    'http:///x',
    'http://a\\b',
    '//a',
    'http://2130706433',
  ])('refuses %j', (text) => {
    expect(parseOrigin(text).ok).toBe(false)
  })

  test('never shows a password', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{8}$/), (secret) => {
        const parsed = parseOrigin(`http://user:${secret}@host/path`)
        expect(!parsed.ok && parsed.message.includes(secret)).toBe(false)
      }),
    )
  })
})

describe('canonicalHost', () => {
  const host = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.-]{0,12}[A-Za-z0-9](:[0-9]{1,5})?$/)

  test('does not depend on case or one trailing dot, and is idempotent', () => {
    fc.assert(
      fc.property(host, (written) => {
        const canonical = canonicalHost(written)
        expect(canonicalHost(written.toUpperCase())).toBe(canonical)
        expect(canonicalHost(canonical)).toBe(canonical)
        const [name = '', port] = written.split(':')
        expect(canonicalHost(port === undefined ? `${name}.` : `${name}.:${port}`)).toBe(canonical)
      }),
    )
  })

  test.each([
    ['h:80', 'h'],
    ['h', 'h'],
    ['[::1]:80', '[::1]'],
    ['[::1]', '[::1]'],
  ])('%s without its port is %s', (written, name) => {
    expect(withoutPort(written)).toBe(name)
  })
})

describe('parseHost', () => {
  test.each(['shop.example', 'shop.example:8080', '[::1]:80', 'a_b', '10.0.0.1'])('reads %s', (text) => {
    expect(parseHost(text)).toEqual({ ok: true, value: text })
  })

  test.each(['', '*', '*.example', 'a/b', 'u@h', 'a b', 'a..b', 'caf\u00e9', 'h:', 'h:x', '[', '-a'])(
    'refuses %j',
    (text) => {
      expect(parseHost(text).ok).toBe(false)
    },
  )
})
