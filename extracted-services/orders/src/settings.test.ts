import { expect, test } from 'vitest'
import { connectDatabase } from './database/connect.ts'
import { readSettings } from './settings.ts'

const least = {
  ORDERS_DATABASE_URL: 'orders.sqlite',
  ORDERS_API_KEYS_FILE: 'api-keys',
  USERS_URL: 'http://127.0.0.1:4101/',
  MONOLITH_URL: 'http://127.0.0.1:4000',
}

test('what is not said has its default: loopback, port 4102, owned by legacy', () => {
  expect(readSettings(least)).toEqual({
    host: '127.0.0.1',
    port: 4102,
    databaseUrl: 'orders.sqlite',
    apiKeysFile: 'api-keys',
    owner: 'legacy',
    usersUrl: 'http://127.0.0.1:4101',
    monolithUrl: 'http://127.0.0.1:4000',
  })
})

test.each([
  ['no API keys file', { ORDERS_API_KEYS_FILE: '' }, 'ORDERS_API_KEYS_FILE is not set'],
  ['no database', { ORDERS_DATABASE_URL: '' }, 'ORDERS_DATABASE_URL is not set'],
  ['an unknown owner', { ORDERS_OWNER: 'me' }, 'ORDERS_OWNER="me"'],
  ['no users service', { USERS_URL: '' }, 'USERS_URL is not set'],
  [
    'a users service that is no origin',
    { USERS_URL: 'http://127.0.0.1:4101/users' },
    'USERS_URL="http://127.0.0.1:4101/users"',
  ],
  ['a monolith that is no origin', { MONOLITH_URL: 'localhost:4000' }, 'MONOLITH_URL="localhost:4000"'],
  ['no port', { ORDERS_PORT: 'http' }, 'ORDERS_PORT="http"'],
])('%s is refused by name', (_what, wrong, said) => {
  expect(() => readSettings({ ...least, ...wrong })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(said), exitCode: 4 }),
  )
})

test('a database of another kind is refused', () => {
  expect(() => connectDatabase('mysql://root@db/orders')).toThrow('no database speaks "mysql:"')
})
