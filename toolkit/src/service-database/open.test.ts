import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Migration } from './migrate.ts'
import { openDatabase } from './open.ts'

test("one service's database is refused to another one, and left as it is", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'banyan-service-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const url = path.join(folder, 'orders.sqlite')
  const orders = { service: 'orders', variable: 'ORDERS_DATABASE_URL', migrations: [making('orders')] }
  const users = { service: 'users', variable: 'USERS_DATABASE_URL', migrations: [making('users')] }
  for (const applied of [['make-orders'], []]) {
    const opened = await openDatabase(url, orders)
    expect(opened.applied).toEqual(applied)
    await opened.db.destroy()
  }
  await expect(openDatabase(url, users)).rejects.toMatchObject({
    code: 'database-foreign',
    exitCode: 4,
    message: `${url} holds another application's schema (schema_migrations, orders)`,
    hint: expect.stringContaining('USERS_DATABASE_URL must name a database of the users service alone'),
  })
  const later = await openDatabase(url, { ...orders, migrations: [...orders.migrations, making('more')] })
  expect(later.applied).toEqual(['make-more'])
  await later.db.destroy()
})

test('a URL that cannot be read is said without the password, with the variable, and with no cause that quotes it', async () => {
  const users = { service: 'users', variable: 'USERS_DATABASE_URL', migrations: [making('users')] }
  const thrown = await openDatabase('postgres://users:se#cret@127.0.0.1:1/users', users).catch(
    (error: unknown) => error,
  )
  expect(thrown).toMatchObject({
    code: 'database-url-invalid',
    exitCode: 4,
    message: expect.stringContaining('postgres://users:***@'),
    hint: expect.stringContaining('USERS_DATABASE_URL'),
    cause: undefined,
  })
  expect(String(thrown)).not.toContain('cret')
})

function making(table: string): Migration {
  return { name: `make-${table}`, up: (tx) => tx.schema.createTable(table, (columns) => void columns.increments('id')) }
}
