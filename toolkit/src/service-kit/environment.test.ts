import { expect, test } from 'vitest'
import { oneOf, portFrom, required } from './environment.ts'

test('a port that is not set, or set to nothing, is the usual one', () => {
  expect(portFrom({}, 'USERS_PORT', 4101)).toBe(4101)
  expect(portFrom({ USERS_PORT: '' }, 'USERS_PORT', 4101)).toBe(4101)
  expect(portFrom({ USERS_PORT: '0' }, 'USERS_PORT', 4101)).toBe(0)
})

test.each(['abc', '-1', '65536', '80.5', '0x50'])('the port %s is refused by name', (text) => {
  expect(() => portFrom({ USERS_PORT: text }, 'USERS_PORT', 4101)).toThrow(`USERS_PORT="${text}"`)
})

test('a variable that must be set says what it is for', () => {
  expect(() => required({}, 'USERS_DATABASE_URL', 'a SQLite path')).toThrow(
    expect.objectContaining({ code: 'variable-missing', hint: 'a SQLite path', exitCode: 4 }),
  )
})

test('a word that is not allowed is refused with those that are', () => {
  const choice = { allowed: ['legacy', 'service'], fallback: 'legacy' } as const
  expect(oneOf({}, 'USERS_OWNER', choice)).toBe('legacy')
  expect(oneOf({ USERS_OWNER: 'service' }, 'USERS_OWNER', choice)).toBe('service')
  expect(() => oneOf({ USERS_OWNER: 'me' }, 'USERS_OWNER', choice)).toThrow(
    expect.objectContaining({ hint: 'set it to legacy or service' }),
  )
})
