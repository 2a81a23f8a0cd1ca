import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AggregateTables } from '../../capability.ts'
import { tables } from '../../capability.ts'
import { eventually } from '../../fixtures/shop.ts'
import { keyName } from '../../key.ts'
import type { ChangeFeed } from '../../ports/feed.ts'
import { connectLab, openLabDatabase } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const place = { capability: 'users', arm: 'legacy' } as const
const cust = tables({ root: 'cust', key: 'id', children: { addresses: { table: 'addr', key: 'id', by: 'cust_id' } } })
const schema = `
  CREATE TABLE cust (id bigint PRIMARY KEY, name text);
  CREATE TABLE addr (id bigint PRIMARY KEY, cust_id bigint REFERENCES cust ON DELETE CASCADE, line text);
  INSERT INTO cust SELECT n, 'c' || n FROM generate_series(1, 5) n;
  INSERT INTO addr SELECT n * 10, n, 'a' || n FROM generate_series(1, 3) n`

async function arrange(given: { readonly sql?: string; readonly tables?: AggregateTables } = {}) {
  const database = await openLabDatabase(server)
  const app = await connectLab(database.url)
  await app.run(given.sql ?? schema)
  const feed = database.sync.feed(place, given.tables ?? cust)
  await feed.install()
  return { ...database, app, feed, start: await feed.head() }
}

async function keysOf(feed: ChangeFeed, after: string): Promise<readonly string[]> {
  return (await feed.read(after, 1000)).keys.map(keyName).sort()
}

test('a transaction that commits late is not skipped: what commits after it waits for it', async () => {
  const { app, feed, start, url } = await arrange()
  const slow = await connectLab(url)
  await slow.run(`BEGIN; UPDATE cust SET name = 'late' WHERE id = 1`)
  await app.run(`UPDATE cust SET name = 'early' WHERE id = 2`)
  const before = await feed.read(start, 10)
  expect(before).toMatchObject({ keys: [], through: start, atHead: true })
  expect((await feed.pending(start)).changes).toBe(1)
  await slow.run('COMMIT')
  const { keys, through } = await feed.read(start, 10)
  expect(keys).toEqual([1, 2])
  expect(feed.hasPassed(through, await feed.head())).toBe(true)
})

test('a late transaction that took its number first is read first, also when it wrote last', async () => {
  const { app, feed, start, url } = await arrange()
  const slow = await connectLab(url)
  await slow.run(`BEGIN; SELECT pg_current_xact_id()`)
  await app.run(`UPDATE cust SET name = 'early' WHERE id = 2`)
  await slow.run(`UPDATE cust SET name = 'late' WHERE id = 1; COMMIT`)
  const first = await feed.read(start, 1)
  expect([first.keys, first.atHead]).toEqual([[1], false])
  expect(await keysOf(feed, first.through)).toEqual(['2'])
})

test('the tail is read without the horizon', async () => {
  const { app, feed, start, url } = await arrange()
  const slow = await connectLab(url)
  await slow.run('BEGIN; SELECT pg_current_xact_id()')
  await app.run(`UPDATE cust SET name = 'x' WHERE id = 2`)
  expect(await keysOf(feed, start)).toEqual([])
  expect(await feed.tail(start, 10)).toEqual([2])
  await slow.run('COMMIT')
})

test('who holds the horizon down is named, in another database of the cluster and when prepared', async () => {
  const { app, feed, start } = await arrange()
  const elsewhere = await openLabDatabase(server)
  const other = await connectLab(elsewhere.url, 'reports')
  await other.run(`CREATE TABLE r (id int); BEGIN; INSERT INTO r VALUES (1)`)
  await app.run(`UPDATE cust SET name = 'x' WHERE id = 2`)
  const database = new URL(elsewhere.url).pathname.slice(1)
  const [pid] = (await other.rows('SELECT pg_backend_pid()'))[0] ?? []
  const pinnedBy = await eventually(async () => (await feed.pending(start)).pinnedBy)
  expect(pinnedBy).toMatch(
    new RegExp(`^pid ${pid} \\(reports\\), a transaction open for .* in database "${database}"$`),
  )
  await other.run(`PREPARE TRANSACTION 'month-end'`)
  expect((await feed.pending(start)).pinnedBy).toMatch(/prepared transaction "month-end".*ROLLBACK PREPARED/)
  await other.run(`ROLLBACK PREPARED 'month-end'`)
  expect(await feed.pending(start)).toMatchObject({ changes: 1, pinnedBy: undefined })
})

test('TRUNCATE names every root that it empties', async () => {
  const { app, feed, start } = await arrange()
  await app.run('TRUNCATE addr')
  expect(await keysOf(feed, start)).toEqual(['1', '2', '3'])
  const next = await feed.head()
  await app.run('TRUNCATE cust CASCADE')
  expect(await keysOf(feed, next)).toEqual(['1', '2', '3', '4', '5'])
})

test('TRUNCATE by a transaction with an older snapshot gives the feed another identity', async () => {
  const { app, feed, url } = await arrange()
  const identity = await feed.identity()
  const old = await connectLab(url)
  await old.run('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM cust LIMIT 1')
  await app.run(`INSERT INTO addr VALUES (50, 5, 'unseen')`)
  await old.run('TRUNCATE addr; COMMIT')
  expect(await feed.identity()).not.toBe(identity)
})

test('a bulk statement logs each root once', async () => {
  const { app, feed, start } = await arrange()
  await app.run(`INSERT INTO addr SELECT n + 100, 4, 'x' FROM generate_series(1, 500) n`)
  expect(await feed.pending(start)).toMatchObject({ changes: 1 })
  await app.run(`MERGE INTO cust USING (VALUES (1, 'm'), (77, 'm')) v(id, name) ON cust.id = v.id
    WHEN MATCHED THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name)`)
  expect(await keysOf(feed, start)).toEqual(['1', '4', '77'])
})

test('tables of any schema and casing are captured, with keys of any blanks and dates', async () => {
  const odd = tables({ root: 'crm.Cust "A"', key: ['Code', 'day'] })
  const { app, feed, start } = await arrange({
    tables: { ...odd, root: 'crm."Cust ""A"""' },
    sql: `CREATE SCHEMA crm; CREATE TABLE crm."Cust ""A""" ("Code" char(5), day date, "When" timestamptz, PRIMARY KEY ("Code", day))`,
  })
  await app.run(`SET DateStyle = 'German'; INSERT INTO crm."Cust ""A""" VALUES ('ab', '31.12.2025', now())`)
  const { keys } = await feed.read(start, 10)
  expect(keys).toEqual([['ab   ', '2025-12-31']])
})

test('rows that come through a partition are captured', async () => {
  const { app, feed, start } = await arrange({
    tables: tables({ root: 'ev', key: 'id' }),
    sql: `CREATE TABLE ev (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
      CREATE TABLE ev_1 PARTITION OF ev FOR VALUES FROM (1) TO (10); CREATE TABLE ev_2 PARTITION OF ev FOR VALUES FROM (10) TO (20)`,
  })
  await app.run(`INSERT INTO ev VALUES (1, 'x'); INSERT INTO ev_2 VALUES (11, 'y'); UPDATE ev SET id = 12 WHERE id = 1`)
  expect(await keysOf(feed, start)).toEqual(['1', '11', '12'])
})

test('an application role that knows nothing of the sync can write', async () => {
  const { app, feed, start, url } = await arrange()
  await app.run(`CREATE ROLE clerk; GRANT SELECT, UPDATE ON cust TO clerk`)
  const clerk = await connectLab(url)
  await clerk.run(`SET ROLE clerk; UPDATE cust SET name = 'x' WHERE id = 3`)
  expect(await keysOf(feed, start)).toEqual(['3'])
  await app.run('DROP OWNED BY clerk; DROP ROLE clerk')
})

test('a trigger that was disabled or dropped is renewed, and the feed is another', async () => {
  const { app, feed } = await arrange()
  const identity = await feed.identity()
  await app.run('ALTER TABLE addr DISABLE TRIGGER ALL')
  await feed.install()
  const renewed = await feed.identity()
  expect(renewed).not.toBe(identity)
  await app.run('DROP TRIGGER banyan_users_legacy_cust_update ON cust')
  await feed.install()
  expect(await feed.identity()).not.toBe(renewed)
})

test('installing waits for an open writer without freezing the others', async () => {
  const database = await openLabDatabase(server)
  const app = await connectLab(database.url)
  await app.run(schema)
  const slow = await connectLab(database.url)
  await slow.run(`BEGIN; UPDATE cust SET name = 'slow' WHERE id = 1`)
  const feed = database.sync.feed(place, cust)
  const installing = feed.install()
  let longestMs = 0
  for (let round = 0; round < 20; round++) {
    const begun = performance.now()
    await app.run(`UPDATE cust SET name = 'n${round}' WHERE id = 2`)
    longestMs = Math.max(longestMs, performance.now() - begun)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await slow.run('COMMIT')
  await installing
  expect(longestMs).toBeLessThan(1000)
  expect(await feed.identity()).toBeDefined()
})

test('a copy of the database has another feed', async () => {
  const { app, feed, url, sync } = await arrange()
  const identity = await feed.identity()
  await feed.close()
  await app.client.end()
  await sync.close()
  const admin = await connectLab(url.replace(/[^/]+$/, 'postgres'))
  const name = new URL(url).pathname.slice(1)
  await admin.run(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`)
  const { openPostgres } = await import('./postgres.ts')
  const copy = await openPostgres(`${url}_copy`)
  expect(await copy.feed(place, cust).identity()).not.toBe(identity)
  await copy.close()
})

test('a change wakes whoever waits, and abort ends the waiting', async () => {
  const { app, feed } = await arrange()
  await feed.wait(1, undefined)
  const begun = performance.now()
  const woken = feed.wait(15_000, undefined)
  await app.run(`UPDATE cust SET name = 'x' WHERE id = 1`)
  await woken
  const abort = new AbortController()
  const waiting = feed.wait(15_000, abort.signal)
  setTimeout(() => abort.abort(), 20)
  await waiting
  expect(performance.now() - begun).toBeLessThan(5000)
  await feed.close()
})
