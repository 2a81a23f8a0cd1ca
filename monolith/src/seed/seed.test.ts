import { createHash } from 'node:crypto'
import path from 'node:path'
import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import { folder } from '../../test/shop-fixture.ts'
import { listTablesSql } from '../database/dialect.ts'
import { openDatabase } from '../database/open.ts'
import { select } from '../database/query.ts'
import { demoApiKeys } from './api-keys.ts'
import { drawShop } from './draw-shop.ts'
import { hostileCustomers } from './hostile.ts'
import { emptyDatabase, seedDatabase } from './seed.ts'

async function seeded<Result>(scale: number, look: (db: Knex) => Promise<Result>): Promise<Result> {
  const { db } = await openDatabase(path.join(folder(), 'shop.sqlite'))
  await seedDatabase(db, scale)
  const result = await look(db)
  await db.destroy()
  return result
}

async function hashOf(db: Knex): Promise<string> {
  const hash = createHash('sha256')
  for (const { name } of await select<{ name: string }>(db, listTablesSql('sqlite'))) {
    hash.update(name).update(JSON.stringify(await select(db, `SELECT * FROM ${name} ORDER BY 1, 2`)))
  }
  return hash.digest('hex')
}

test('two seeds hold the same rows', async () => {
  expect(await seeded(0.05, hashOf)).toBe(await seeded(0.05, hashOf))
})

test('a database that is seeded anew holds the same rows again, and nothing of what was put beside them', async () => {
  const first = await seeded(0.02, hashOf)
  const again = await seeded(0.02, async (db) => {
    await db.raw('CREATE TABLE outbox (id INTEGER)')
    await db.raw('CREATE TRIGGER t AFTER UPDATE ON cust BEGIN INSERT INTO outbox VALUES (1); END')
    await db('cust').update({ nm: 'X' })
    await emptyDatabase(db)
    await seedDatabase(db, 0.02)
    return hashOf(db)
  })
  expect(again).toBe(first)
})

test('scale 1 is 2 000 customers, 400 products and 10 000 orders', () => {
  const counts = new Map<string, number>()
  for (const { table, rows } of drawShop(1)) counts.set(table, (counts.get(table) ?? 0) + rows.length)
  expect([counts.get('cust'), counts.get('prod'), counts.get('ord_hdr')]).toEqual([2_000, 400, 10_000])
})

test('the awkward customers are there, and every order was placed by somebody who was a customer then', async () => {
  const names = await seeded(0.02, async (db) =>
    (await db('cust').select('nm').orderBy('cust_id')).map((row) => row.nm),
  )
  expect(names.slice(1, 1 + hostileCustomers.length)).toEqual(hostileCustomers.map(({ row }) => row.nm))
})

test('a second process that seeds the same database leaves it alone', async () => {
  const file = path.join(folder(), 'shop.sqlite')
  const [one, other] = [await openDatabase(file), await openDatabase(file)]
  const first = await seedDatabase(one.db, 0.02)
  expect(first?.rows).toBeGreaterThan(500)
  expect(await seedDatabase(other.db, 0.02)).toBeUndefined()
  await one.db.destroy()
  await other.db.destroy()
})

test('two hundred demo keys, all different, the same every time', () => {
  expect(new Set(demoApiKeys().map(({ key }) => key)).size).toBe(200)
  expect(demoApiKeys(3)).toEqual(demoApiKeys().slice(0, 3))
})
