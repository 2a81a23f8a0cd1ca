import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { IdPairs } from '../../compare/ids.ts'
import { connectApplication } from '../dialects/postgres/fixtures/server.ts'
import { usePostgres } from '../fixtures/pair.ts'
import { openShop, type Shop } from '../fixtures/shop.ts'
import { shop as manifest } from '../fixtures/shop-model.ts'
import { copyDatabase } from './copy-database.ts'
import { openTwinDatabases, type TwinDatabasesParts } from './twin-databases.ts'

const postgres = usePostgres()
const noIds: IdPairs = { relate: () => 'unknown' }

test('copies of a shop that was never synced are brought to one state; what both arms write alike is equal', async () => {
  const { twin, legacy, service } = await twins(await filled(3))
  expect(twin.start).toMatchObject({ equal: true, aggregates: 3 })
  legacy.exec(`UPDATE cust SET nm = 'Ada' WHERE cust_id = 1; UPDATE cust SET lst_ord_dt = 'today'`)
  legacy.exec(`DELETE FROM cust_addr WHERE cust_id = 3; DELETE FROM cust WHERE cust_id = 3`)
  service.exec(`UPDATE users SET name = 'Ada' WHERE id = 1; DELETE FROM users WHERE id = 3`)
  expect(await twin.written({ ids: noIds })).toEqual({
    capability: 'users',
    aggregates: 2,
    equal: 2,
    different: 0,
    onlyLegacy: 0,
    onlyService: 0,
    samples: [],
  })
})

test('the originals stay as they are, and so do their owners', async () => {
  const shop = await filled(2)
  const sync = await shop.sync()
  await sync.backfill()
  const { legacy, service } = await twins(shop)
  legacy.exec(`UPDATE cust SET nm = 'x'`)
  service.exec(`UPDATE users SET name = 'y'`)
  expect(shop.legacy.prepare('SELECT nm FROM cust').pluck().all()).toEqual(['N1', 'N2'])
  expect(shop.service.prepare('SELECT name FROM users').pluck().all()).toEqual(['N1', 'N2'])
  expect((await sync.status()).owners).toMatchObject({ service: undefined })
})

test('copies that were made while a worker was behind and ownership stood are caught up, and each arm may write', async () => {
  const shop = await filled(2)
  const sync = await shop.sync()
  await sync.backfill()
  await sync.work({ until: 'caught-up' })
  shop.legacy.exec(`UPDATE cust SET nm = 'late' WHERE cust_id = 2`)
  const { twin, legacy, service } = await twins(shop)
  expect(twin.start).toMatchObject({ equal: true, aggregates: 2 })
  legacy.exec(`UPDATE cust SET email = 'new@x' WHERE cust_id = 2`)
  service.exec(`UPDATE users SET email = 'new@x' WHERE id = 2`)
  expect(await twin.written({ ids: noIds })).toMatchObject({ aggregates: 1, equal: 1 })
})

test('what differs is said with its key, its field and both values, and by which arm alone it was written', async () => {
  const { twin, legacy, service } = await twins(await filled(4))
  legacy.exec(`UPDATE cust SET nm = 'ADA' WHERE cust_id = 1; UPDATE cust SET nm = 'x' WHERE cust_id = 2`)
  legacy.exec(`INSERT INTO cust (cust_id, nm, email) VALUES (5, 'new', 'n@x')`)
  service.exec(`UPDATE users SET name = 'Ada' WHERE id = 1; UPDATE users SET name = 'y' WHERE id = 4`)
  const report = await twin.written({
    ids: noIds,
    redact: (column, value) => (column === 'name' ? `<${value}>` : value),
  })
  expect(report).toMatchObject({ aggregates: 4, equal: 0, different: 1, onlyLegacy: 2, onlyService: 1 })
  expect(report.samples).toContainEqual({ key: '1', path: 'name', legacy: '<"ADA">', service: '<"Ada">' })
  expect(report.samples).toContainEqual(expect.objectContaining({ key: '5', path: '', service: undefined }))
})

test('what each arm gave a number of its own is equal under the ids, children in the order in which they were made', async () => {
  const { twin, legacy, service } = await twins(await filled(1))
  legacy.exec(`INSERT INTO cust (cust_id, nm, email) VALUES (11, 'A', 'a@x'), (12, 'B', 'b@x');
    INSERT INTO cust_addr VALUES (501, 11, 'one'), (502, 11, 'two'), (503, 12, 'three')`)
  service.exec(`INSERT INTO users (id, name, email, status) VALUES (11, 'B', 'b@x', 'active'), (12, 'A', 'a@x', 'active');
    INSERT INTO addresses (id, user_id, line1) VALUES (501, 11, 'three'), (502, 12, 'one'), (503, 12, 'two')`)
  const other: Readonly<Record<string, string>> = { '11': '12', '12': '11' }
  const ids: IdPairs = {
    relate: (a, b) =>
      other[String(a)] === undefined ? 'unknown' : other[String(a)] === String(b) ? 'same' : 'conflict',
  }
  expect(await twin.written({ ids })).toMatchObject({ aggregates: 2, equal: 2 })
  expect(await twin.written({ ids: noIds })).toMatchObject({ aggregates: 2, different: 2 })
})

test('instants of the replay itself and what a rule of the manifest names are accepted and counted, and nothing else', async () => {
  const [now, then] = [new Date().toISOString(), '2019-01-01T00:00:00Z']
  const written = [{ path: 'addresses[*].line1', reason: 'drawn anew' }]
  const { twin, legacy, service } = await twins(await filled(3), { ...manifest, written })
  legacy.exec(`UPDATE cust SET nm = '${now}'; UPDATE cust_addr SET ln1 = 'salt' WHERE cust_id = 1`)
  service.exec(`UPDATE users SET name = '${new Date(Date.now() - 1000).toISOString()}' WHERE id < 3`)
  service.exec(`UPDATE users SET name = '${then}' WHERE id = 3`)
  const report = await twin.written({ ids: noIds })
  expect(report).toMatchObject({ aggregates: 3, equal: 2, different: 1 })
  expect(report.accepted).toEqual([
    { path: 'name', reason: 'each arm wrote the instant at which it was asked', aggregates: 2 },
    { path: 'addresses[*].line1', reason: 'drawn anew', aggregates: 1 },
  ])
})

test('what differed before anything was sent is counted, for it is no effect of the replay', async () => {
  const shop = await filled(2)
  shop.legacy.exec(`UPDATE cust SET st_cd = 'Q' WHERE cust_id = 2`)
  const { twin } = await twins(shop)
  expect(twin.start.equal).toBe(false)
  expect(await twin.written({ ids: noIds })).toMatchObject({ aggregates: 0, differedBefore: 1 })
})

test('copies of PostgreSQL databases are compared as well', async () => {
  const id = 'bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY'
  const from = {
    legacy:
      await database(`CREATE TABLE cust (cust_id ${id}, nm text, email text NOT NULL, st_cd text NOT NULL DEFAULT 'A');
      CREATE TABLE cust_addr (addr_id ${id}, cust_id bigint, ln1 text);
      INSERT INTO cust (nm, email) VALUES ('N1', 'u1@x'), ('N2', 'u2@x')`),
    service: await database(`CREATE TABLE users (id ${id}, name text, email text NOT NULL, status text NOT NULL);
      CREATE TABLE addresses (id ${id}, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, line1 text)`),
  }
  const service = await copyDatabase(from.service, { name: 'banyan_twin_9_service', folder: tmpdir() })
  const legacy = await copyDatabase(from.legacy, { name: 'banyan_twin_9_legacy', folder: tmpdir() })
  const twin = await openTwinDatabases({ manifest, copies: { legacy: legacy.url, service: service.url } })
  onTestFinished(() => twin.close())
  expect(twin.start).toMatchObject({ equal: true, aggregates: 2 })
  await run(
    legacy.url,
    `INSERT INTO cust (cust_id, nm, email) VALUES (3, 'new', 'n@x'); UPDATE cust SET nm = 'x' WHERE cust_id = 2`,
  )
  await run(service.url, `INSERT INTO users (id, name, email, status) VALUES (3, 'new', 'n@x', 'active')`)
  expect(await twin.written({ ids: noIds })).toMatchObject({ aggregates: 2, equal: 1, onlyLegacy: 1 })
})

async function database(sql: string): Promise<string> {
  const url = await postgres().freshUrl()
  await run(url, sql)
  return url
}

async function run(url: string, sql: string): Promise<void> {
  const client = await connectApplication(url)
  await client.query(sql)
  await client.end()
}

async function filled(count: number): Promise<Shop> {
  const shop = await openShop()
  shop.fill(count)
  return shop
}

async function twins({ folder, paths }: Shop, of: TwinDatabasesParts['manifest'] = manifest) {
  const name = (arm: string) => `banyan_twin_${process.pid}_${arm}`
  const service = await copyDatabase(paths.service, { name: name('service'), folder })
  const legacy = await copyDatabase(paths.legacy, { name: name('legacy'), folder })
  const twin = await openTwinDatabases({ manifest: of, copies: { legacy: legacy.url, service: service.url } })
  const databases = { legacy: new Database(legacy.url), service: new Database(service.url) }
  onTestFinished(async () => {
    databases.legacy.close()
    databases.service.close()
    await twin.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { twin, ...databases }
}
