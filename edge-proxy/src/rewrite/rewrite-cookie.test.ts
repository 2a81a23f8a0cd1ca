import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rewriteCookie } from './rewrite-cookie.ts'

const rule = {
  location: undefined,
  cookieDomain: new Map([
    ['legacy.local', 'shop.example'],
    ['internal', ''],
  ]),
  cookiePath: new Map([
    ['/old', '/'],
    ['/old/app', '/app'],
  ]),
}

test.each([
  ['a=1; Domain=legacy.local; Path=/old; Secure', 'a=1; Domain=shop.example; Path=/; Secure'],
  ['a=1; DOMAIN=.Legacy.Local; path=/old/x', 'a=1; DOMAIN=shop.example; path=/x'],
  ['a=1; domain=internal; HttpOnly', 'a=1; HttpOnly'],
  ['a=1;Path=/old/app/y;Future=keep', 'a=1;Path=/app/y;Future=keep'],
  ['a=1; Domain = legacy.local ; Max-Age=5', 'a=1; Domain =shop.example; Max-Age=5'],
  ['__Secure-a=1; Secure; Domain=legacy.local', '__Secure-a=1; Secure; Domain=shop.example'],
])('%s becomes %s', (value, expected) => expect(rewriteCookie(value, rule)).toBe(expected))

test.each([
  'a=1; Domain=other.legacy.local',
  'a=1; Path=/older',
  'a="x, y"; Expires=Wed, 21 Oct 2026 07:28:00 GMT; SameSite=None',
  'domain=legacy.local; Secure',
  '__Host-a=1; Secure; Path=/; Domain=legacy.local',
  'a=1; Domain',
  '',
])('%s stays', (value) => expect(rewriteCookie(value, rule)).toBe(value))

test('without a rule for it no value changes', () => {
  const none = { location: undefined, cookieDomain: new Map(), cookiePath: new Map() }
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(rewriteCookie(value, none)).toBe(value)
    }),
  )
})
