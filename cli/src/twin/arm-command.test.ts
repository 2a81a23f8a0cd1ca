import { expect, test } from 'vitest'
import { assertFillable, fillArm } from './arm-command.ts'

const placeholders = {
  ...{ database: '/twins/1/legacy.sqlite', port: '4711', api: 'http://127.0.0.1:1' },
  ...{ legacy: 'http://127.0.0.1:4711', service: 'http://127.0.0.1:4712' },
}

test('placeholders are filled wherever they stand, in texts and lists', () => {
  const surroundings = { env: { PATH: '/bin', NONE: undefined }, instead: new Map<string, string>() }
  const fill = (command: string | readonly string[]) =>
    fillArm({ command, env: { PORT: '{port}', API: '{api}/api', OTHER: '{unknown}' } }, { placeholders, surroundings })
  expect(fill('app --db={database} {database}').command).toBe('app --db=/twins/1/legacy.sqlite /twins/1/legacy.sqlite')
  expect(fill(['app', '{service}'])).toEqual({
    command: ['app', 'http://127.0.0.1:4712'],
    env: { PATH: '/bin', PORT: '4711', API: 'http://127.0.0.1:1/api', OTHER: '{unknown}' },
    folder: undefined,
    health: '/',
  })
})

test('a variable that holds an original holds its copy instead', () => {
  const surroundings = {
    env: { SHOP_DATABASE: '/shop.sqlite' },
    instead: new Map([['/shop.sqlite', '/twins/1/legacy.sqlite']]),
  }
  expect(fillArm({ command: 'app' }, { placeholders, surroundings }).env).toEqual({
    SHOP_DATABASE: '/twins/1/legacy.sqlite',
  })
})

test('so does one that writes the original another way, and one that names it alone', () => {
  const copy = 'postgres://shop:s@localhost/banyan_twin_1_legacy'
  const env = {
    A: 'postgresql://other@127.0.0.1:5432/shop?sslmode=disable',
    B: 'postgres://localhost/shop2',
    PGDATABASE: 'shop',
  }
  const surroundings = { env, instead: new Map([['postgres://shop:s@localhost/shop', copy]]) }
  expect(fillArm({ command: 'app' }, { placeholders, surroundings }).env).toEqual({
    ...{ A: copy, B: 'postgres://localhost/shop2', PGDATABASE: 'banyan_twin_1_legacy' },
  })
})

test('an arm that is told neither its database nor its port is refused', () => {
  expect(() => assertFillable('legacy', { command: 'app {port}' })).toThrow(
    /where the legacy arm is given its database/,
  )
  expect(() => assertFillable('service', { command: 'app {database}' })).toThrow(
    /where the service arm is given its port/,
  )
  expect(() => assertFillable('service', { command: 'app', env: { A: '{database}', B: '{port}' } })).not.toThrow()
})
