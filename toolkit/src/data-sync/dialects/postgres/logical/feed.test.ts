import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tables } from '../../../capability.ts'
import { eventually } from '../../../fixtures/shop.ts'
import { keyName } from '../../../key.ts'
import { openSyncDatabase } from '../../../open.ts'
import { connectLab, openLabDatabase } from '../fixtures/lab.ts'
import { type PostgresServer, startPostgres } from '../fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres(['max_replication_slots=50', 'max_wal_senders=50'])
})
afterAll(() => server.stop())

const place = { capability: 'users', arm: 'legacy' } as const
const cust = tables({ root: 'cust', key: 'id', children: { addresses: { table: 'addr', key: 'id', by: 'cust_id' } } })

async function arrange() {
  const database = await openLabDatabase(server, { capture: 'logical' })
  const app = await connectLab(database.url)
  await app.run(`CREATE TABLE cust (id bigint PRIMARY KEY, name text);
    CREATE TABLE addr (id bigint PRIMARY KEY, cust_id bigint, line text);
    INSERT INTO cust SELECT n, 'c' || n FROM generate_series(1, 5) n; INSERT INTO addr VALUES (10, 1, 'a'), (20, 2, 'b')`)
  const feed = database.sync.feed(place, cust)
  await feed.install()
  const slot = async () => {
    const sql = `SELECT confirmed_flush_lsn::text, active FROM pg_replication_slots WHERE database = current_database()`
    return (await app.rows(sql))[0] ?? []
  }
  return { ...database, app, feed, slot, start: await feed.head() }
}

test('what commits late is read late, in the order of the commits, and a message pins nothing', async () => {
  const { app, feed, start, url } = await arrange()
  const slow = await connectLab(url)
  await slow.run(`BEGIN; UPDATE cust SET name = 'late' WHERE id = 1`)
  await app.run(`UPDATE cust SET name = 'early' WHERE id = 2`)
  const first = await feed.read(start, 10)
  expect([first.keys, first.atHead]).toEqual([[2], true])
  await slow.run('COMMIT')
  expect((await feed.read(first.through, 10)).keys).toEqual([1])
})

test('a worker that starts anew goes on behind its checkpoint, within a transaction too; what was pruned the server forgets', async () => {
  const { app, feed, start, slot, url } = await arrange()
  await app.run(`UPDATE cust SET name = 'x'; UPDATE cust SET name = 'y' WHERE id = 5`)
  // The head that was asked for is an entry of its own.
  const { keys, through } = await feed.read(start, 4)
  expect(keys).toEqual([1, 2, 3])
  await feed.prune(through)
  await feed.close()
  await eventually(async () => (await slot())[1] === false)
  const again = await openSyncDatabase(url, { capture: 'logical' })
  const next = again.feed(place, cust)
  expect(await next.reaches(through)).toBe(true)
  const rest = await next.read(through, 10)
  expect([rest.keys, rest.atHead]).toEqual([[4, 5], true])
  await next.beat(1)
  const { through: beaten } = await next.read(rest.through, 10)
  const [before] = await slot()
  await next.prune(beaten)
  await eventually(async () => (await slot())[0] !== before)
  expect(await next.reaches(start)).toBe(false)
  await again.close()
})

test('a transaction of many rows comes in bounded stretches', async () => {
  const { app, feed, start } = await arrange()
  await app.run(`INSERT INTO cust SELECT n, 'bulk' FROM generate_series(1000, 60999) n`)
  let [position, count, atHead] = [start, 0, false]
  while (!atHead) {
    const batch = await feed.read(position, 7000)
    expect(batch.keys.length).toBeLessThanOrEqual(7000)
    position = batch.through
    atHead = batch.atHead
    count += batch.keys.length
  }
  expect(count).toBe(60_000)
})

test('TRUNCATE names every root, and the tail is read while another process holds the slot', async () => {
  const { app, feed, start, url } = await arrange()
  await app.run('TRUNCATE addr')
  expect((await feed.read(start, 10)).keys.map(keyName).sort()).toEqual(['1', '2'])
  const other = await openSyncDatabase(url, { capture: 'logical' })
  const elsewhere = other.feed(place, cust)
  expect((await elsewhere.tail(start, 10)).map(keyName).sort()).toEqual(['1', '2'])
  expect(await elsewhere.pending(start)).toMatchObject({ changes: 2, pinnedBy: undefined })
  await expect(elsewhere.read(start, 10)).rejects.toMatchObject({ code: 'sync-database-busy' })
  await other.close()
})

test('a stream that is killed is opened anew, and a slot that is dropped is another feed', async () => {
  const { app, feed, start } = await arrange()
  await feed.read(start, 10)
  const identity = await feed.identity()
  await app.run(
    `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active`,
  )
  await app.run(`UPDATE cust SET name = 'x' WHERE id = 3`)
  const batch = await eventually(() => feed.read(start, 10).catch(() => undefined))
  expect(batch.keys).toEqual([3])
  await feed.close()
  const drop = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()`
  await eventually(() =>
    app.run(drop).then(
      () => true,
      () => false,
    ),
  )
  expect(await feed.identity()).toBeUndefined()
  await feed.install()
  expect(await feed.identity()).not.toBe(identity)
})

test('removing leaves nothing behind', async () => {
  const { app, feed } = await arrange()
  await feed.remove()
  expect(await app.rows('SELECT slot_name FROM pg_replication_slots WHERE database = current_database()')).toEqual([])
  expect(await app.rows('SELECT pubname FROM pg_publication')).toEqual([])
  expect(
    await app.rows(
      `SELECT relname FROM pg_class WHERE relname LIKE 'banyan%' OR (relname = 'addr' AND relreplident = 'f')`,
    ),
  ).toEqual([])
  expect(await app.rows(`SELECT proname FROM pg_proc WHERE proname LIKE 'banyan%'`)).toEqual([])
})

test('removing waits for a reader of the slot that is about to leave', async () => {
  const { app, feed, start, url } = await arrange()
  const other = await openSyncDatabase(url, { capture: 'logical' })
  await other.feed(place, cust).read(start, 10)
  let hasLeft = false
  const leaving = sleep(400).then(async () => {
    hasLeft = true
    await other.close()
  })
  await feed.remove()
  expect(hasLeft).toBe(true)
  await leaving
  expect(await app.rows('SELECT slot_name FROM pg_replication_slots WHERE database = current_database()')).toEqual([])
})

test('a server without wal_level = logical says so', async () => {
  const plain = await startPostgres(['wal_level=replica', 'max_wal_senders=1'])
  try {
    const url = await plain.freshUrl()
    const app = await connectLab(url)
    await app.run(
      'CREATE TABLE cust (id bigint PRIMARY KEY); CREATE TABLE addr (id bigint PRIMARY KEY, cust_id bigint)',
    )
    const database = await openSyncDatabase(url, { capture: 'logical' })
    await expect(database.feed(place, cust).install()).rejects.toMatchObject({ code: 'sync-wal-level' })
    await database.close()
    await app.client.end()
  } finally {
    await plain.stop()
  }
})
