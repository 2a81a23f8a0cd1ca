import { expect, test } from 'vitest'
import { connectDatabase } from './database/connect.ts'
import { readApiKeys } from './http/api-keys.ts'
import { readSettings } from './settings.ts'

const least = { USERS_DATABASE_URL: 'users.sqlite', USERS_API_KEYS_FILE: 'api-keys' }

test('what is not said has its default: loopback, port 4101, owned by legacy, no bug', () => {
  expect(readSettings(least)).toEqual({
    host: '127.0.0.1',
    port: 4101,
    databaseUrl: 'users.sqlite',
    apiKeysFile: 'api-keys',
    owner: 'legacy',
    plantedBug: undefined,
  })
})

test.each([
  ['no API keys file', { USERS_API_KEYS_FILE: '' }, 'USERS_API_KEYS_FILE is not set'],
  ['no database', { USERS_DATABASE_URL: '' }, 'USERS_DATABASE_URL is not set'],
  ['an unknown bug', { USERS_PLANT_BUG: 'everything' }, 'USERS_PLANT_BUG="everything"'],
  ['an unknown owner', { USERS_OWNER: 'me' }, 'USERS_OWNER="me"'],
  ['no port', { USERS_PORT: 'http' }, 'USERS_PORT="http"'],
])('%s is refused by name', (_what, wrong, said) => {
  expect(() => readSettings({ ...least, ...wrong })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(said), exitCode: 4 }),
  )
})

test('a database of another kind is refused', () => {
  expect(() => connectDatabase('mysql://root@db/users')).toThrow('no database speaks "mysql:"')
})

test('an API keys file that is not there is refused by name', async () => {
  await expect(readApiKeys('/nowhere/keys')).rejects.toMatchObject({ code: 'api-keys-unreadable', exitCode: 4 })
})
