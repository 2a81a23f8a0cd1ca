import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { freePort } from '../../test/free-port.ts'
import { folder, openShop } from '../../test/shop-fixture.ts'
import { sqlitePathOf } from './connect.ts'
import { openDatabase } from './open.ts'

async function problemOf(url: string) {
  return openDatabase(url).then(
    () => expect.fail('it opened'),
    (error: unknown) => error,
  )
}

test('a new file is an empty database', async () => {
  const { db, state } = await openDatabase(`sqlite:${path.join(folder(), 'new.sqlite')}`)
  await db.destroy()
  expect(state).toBe('empty')
})

test('a folder that is not there is named, and not made', async () => {
  const missing = path.join(folder(), 'nowhere')
  expect(await problemOf(path.join(missing, 'shop.sqlite'))).toMatchObject({
    code: 'database-absent',
    message: `the folder of the database is not there: ${missing}`,
  })
  expect(existsSync(missing)).toBe(false)
})

test("another application's database is refused, and left as it was", async () => {
  const file = path.join(folder(), 'other.sqlite')
  const other = new Database(file)
  other.exec('CREATE TABLE posts (id INTEGER); CREATE TABLE comments (id INTEGER)')
  other.close()
  expect(await problemOf(file)).toMatchObject({
    code: 'database-foreign',
    message: `${file} holds another application's schema (comments, posts)`,
    hint: expect.stringContaining('MONOLITH_DATABASE_URL'),
  })
})

test('a file that is no database is refused, and left as it was', async () => {
  const file = path.join(folder(), 'letter.txt')
  const text = 'Dear shop, '.repeat(100)
  writeFileSync(file, text)
  expect(await problemOf(file)).toMatchObject({
    code: 'database-foreign',
    message: expect.stringContaining('not a SQLite database'),
  })
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('a schema of another version is named', async () => {
  const { file, shop } = await openShop()
  await shop.db('shop_inf').where({ k: 'schema' }).update({ v: '6' })
  expect(await problemOf(file)).toMatchObject({
    code: 'database-version',
    message: expect.stringContaining('schema 6'),
  })
})

test('a database that another process has locked is called locked', async () => {
  const file = path.join(folder(), 'locked.sqlite')
  const holder = new Database(file)
  holder.exec('CREATE TABLE shop_inf (k TEXT, v TEXT); BEGIN EXCLUSIVE')
  expect(await problemOf(file)).toMatchObject({
    code: 'database-locked',
    hint: expect.stringContaining('end what holds it'),
  })
  holder.close()
})

test('a PostgreSQL server that is down is named without the password', async () => {
  const port = await freePort()
  const problem = await problemOf(`postgres://shop:secret@127.0.0.1:${port}/shop`)
  expect(problem).toMatchObject({
    code: 'database-unreachable',
    message: expect.stringContaining(`shop:***@127.0.0.1:${port}`),
  })
  expect(String(problem)).not.toContain('secret')
})

test('a database that the shop does not run on is named', async () => {
  expect(await problemOf('mysql://127.0.0.1/shop')).toMatchObject({
    code: 'database-url',
    message: 'the shop does not run on "mysql"',
  })
})

test('a SQLite path may be written in four ways', () => {
  for (const url of ['/tmp/a.sqlite', 'sqlite:/tmp/a.sqlite', 'sqlite:///tmp/a.sqlite', 'file:///tmp/a.sqlite']) {
    expect(sqlitePathOf(url)).toBe('/tmp/a.sqlite')
  }
  expect(sqlitePathOf('sqlite:a.sqlite')).toBe(path.resolve('a.sqlite'))
})
