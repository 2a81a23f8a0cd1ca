import { expect, test } from 'vitest'
import { buildCookieJar } from './cookie-jar.ts'

const now = Date.parse('2025-06-16T14:00:00Z')

test('every cookie is kept and sent, whoever set it', () => {
  const jar = buildCookieJar()
  jar.keep(['SHOPSESSID=a; Path=/; HttpOnly', 'edge=b; Path=/; Max-Age=60'], now)
  jar.keep(['SHOPSESSID=c; Path=/'], now)
  expect(jar.header('/cart')).toBe('SHOPSESSID=c; edge=b')
})

test('a cookie goes to its path only', () => {
  const jar = buildCookieJar()
  jar.keep(['a=1; Path=/admin'], now)
  expect(jar.header('/')).toBeUndefined()
  expect(jar.header('/administration')).toBeUndefined()
  expect(jar.header('/admin?x=1')).toBe('a=1')
  expect(jar.header('/admin/reports')).toBe('a=1')
})

test.each(['a=; Path=/; Max-Age=0', 'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])(
  '"%s" takes the cookie away',
  (line) => {
    const jar = buildCookieJar()
    jar.keep(['a=1; Path=/'], now)
    jar.keep([line], now)
    expect(jar.header('/')).toBeUndefined()
  },
)

test('a value with equal signs stays whole, Max-Age goes before Expires, and no name is no cookie', () => {
  const jar = buildCookieJar()
  jar.keep(['a=b=c==; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT', '=x', ''], now)
  expect(jar.header('/')).toBe('a=b=c==')
})
