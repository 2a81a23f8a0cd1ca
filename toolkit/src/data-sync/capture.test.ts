import { expect, test } from 'vitest'
import { eventually, openShop, type Shop } from './fixtures/shop.ts'

const outbox = 'banyan_users_legacy_outbox'

test('capture installs twice without a change, and is removed without a trace', async () => {
  const shop = await openShop()
  const schema = () => shop.legacy.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY name').all()
  const untouched = schema()
  const sync = await shop.sync()
  await sync.install()
  const installed = schema()
  const version = shop.legacy.pragma('schema_version')
  await sync.install()
  expect(schema()).toEqual(installed)
  expect(shop.legacy.pragma('schema_version')).toEqual(version)
  await sync.uninstall()
  await sync.uninstall()
  expect(schema()).toEqual(untouched)
})

test('each kind of write names the root, a changed key and a moved child both', async () => {
  const shop = await captured(6)
  expect(await keysOf(shop, `UPDATE cust SET nm = 'x' WHERE cust_id = 1`)).toEqual([1])
  expect(await keysOf(shop, `INSERT INTO cust (nm, email) VALUES ('x', 'new@x')`)).toEqual([7])
  expect(await keysOf(shop, `UPDATE cust_addr SET ln1 = 'x' WHERE addr_id = 20`)).toEqual([2])
  expect(await keysOf(shop, 'UPDATE cust_addr SET cust_id = 3 WHERE addr_id = 20')).toEqual([2, 3])
  expect(await keysOf(shop, 'DELETE FROM cust_addr WHERE addr_id = 20')).toEqual([3])
  expect(await keysOf(shop, 'INSERT INTO cust_addr VALUES (99, 4, null)')).toEqual([4])
  expect(await keysOf(shop, 'UPDATE cust SET cust_id = 50 WHERE cust_id = 5')).toEqual([5, 50])
  expect(await keysOf(shop, 'INSERT INTO cust_addr VALUES (98, NULL, null)')).toEqual([])
})

test('a cascade names the root', async () => {
  const shop = await captured(3)
  expect(await keysOf(shop, 'DELETE FROM cust WHERE cust_id = 2')).toEqual([2])
  expect(shop.legacy.prepare('SELECT count(*) FROM cust_addr').pluck().get()).toBe(2)
})

test('INSERT OR REPLACE names the rows that it takes away, also by an index over an expression', async () => {
  const shop = await captured(6)
  expect(await keysOf(shop, `INSERT OR REPLACE INTO cust (cust_id, nm, email) VALUES (90, 'x', 'U2@X')`)).toEqual([
    2, 90,
  ])
  expect(await keysOf(shop, `UPDATE OR REPLACE cust SET email = 'u3@x' WHERE cust_id = 4`)).toEqual([3, 4])
  expect(await keysOf(shop, `INSERT OR REPLACE INTO cust_addr VALUES (10, 6, 'x')`)).toEqual([1, 6])
})

test('a composite key, a partial index and a text key are seen through', async () => {
  const shop = await openShop()
  shop.legacy.exec(`
    CREATE TABLE item (code TEXT PRIMARY KEY, a INT, b INT, gone INT, UNIQUE (a, b)) WITHOUT ROWID;
    CREATE UNIQUE INDEX item_live ON item (b DESC) WHERE gone IS NULL;
    INSERT INTO item VALUES ('p', 1, 2, NULL), ('q', 1, 3, 1), ('r', 5, 6, NULL);
  `)
  const { openSyncDatabase } = await import('./open.ts')
  const database = await openSyncDatabase(`sqlite:${shop.paths.legacy}`)
  const feed = database.feed({ capability: 'items', arm: 'legacy' }, { root: 'item', key: 'code', children: {} })
  await feed.install()
  const write = async (sql: string) => {
    const start = await feed.head()
    shop.legacy.exec(sql)
    return [...(await feed.read(start, 100)).keys].sort()
  }
  expect(await write(`INSERT OR REPLACE INTO item VALUES ('s', 1, 2, 1)`)).toEqual(['p', 's'])
  expect(await write(`INSERT OR REPLACE INTO item VALUES ('t', 9, 6, NULL)`)).toEqual(['r', 't'])
  await database.close()
})

test('a trigger that was taken away makes it another feed, and a backfill wanted', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  shop.legacy.exec(
    `DROP TRIGGER banyan_users_legacy_cust_after_update; UPDATE cust SET nm = 'missed'; DELETE FROM cust WHERE cust_id = 3`,
  )
  await sync.follow({ until: 'caught-up' })
  expect((await sync.status()).backfill).toMatchObject({ phase: 'wanted', why: expect.stringContaining('missed') })
  await sync.work({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 2 })
})

test('a source that came back from a backup, behind the checkpoint, is backfilled anew', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  shop.service.exec('UPDATE banyan_sync_job SET position = 1000')
  await sync.follow({ until: 'caught-up' })
  const { backfill } = await sync.status()
  expect(backfill).toMatchObject({ phase: 'wanted', why: expect.stringContaining('may have been missed') })
})

test('the outbox is pruned below the checkpoint, and its positions go on from there', async () => {
  const shop = await openShop()
  shop.fill(20)
  const sync = await shop.sync()
  await sync.backfill()
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  shop.legacy.exec(`UPDATE cust SET nm = 'x'; UPDATE cust SET nm = 'y'`)
  const outboxed = (what: string) => Number(shop.legacy.prepare(`SELECT ${what} FROM ${outbox}`).pluck().get())
  // The newest rows are the worker's heartbeats.
  await eventually(() => outboxed('count(*)') <= 2)
  shop.legacy.exec(`UPDATE cust SET nm = 'z' WHERE cust_id = 4`)
  expect(outboxed('max(seq)')).toBeGreaterThan(40)
  stop.abort()
  await working
})

async function captured(customers: number): Promise<Shop> {
  const shop = await openShop()
  shop.fill(customers)
  await (await shop.sync()).install()
  return shop
}

async function keysOf(shop: Shop, sql: string): Promise<readonly unknown[]> {
  const start = shop.legacy.prepare(`SELECT coalesce(max(seq), 0) FROM ${outbox}`).pluck().get()
  shop.legacy.exec(sql)
  return shop.legacy.prepare(`SELECT DISTINCT key FROM ${outbox} WHERE seq > ? ORDER BY key`).pluck().all(start)
}
