import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { tables } from '../../capability.ts'
import type { Lease } from '../../ports/lease.ts'
import type { SyncTarget } from '../../ports/target.ts'
import { openConnection } from './connection.ts'
import { openLabDatabase } from './fixtures/lab.ts'
import { openSqlite } from './sqlite.ts'
import { buildSqliteTarget } from './target.ts'

const things = tables({ root: 'thing', key: 'id', children: { parts: { table: 'part', key: 'id', by: 'thing_id' } } })
const place = { capability: 'things', arm: 'legacy' } as const
const schema = `CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, note TEXT);
  CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id INTEGER REFERENCES thing, name TEXT)`

test('while another process writes for long, whatever writes is a fault after the bound, and goes on when it has ended', async () => {
  const { sync, connectSync } = await openThings({ busyBoundMs: 150 })
  const target = sync.target(place, things)
  const lease = await leaseOf(target)
  const feed = sync.feed(place, things)
  const owners = sync.owners(place, things, undefined)
  const writes = {
    install: () => feed.install(),
    beat: () => feed.beat(Date.now()),
    save: () => save(target, lease, 1),
    request: () => target.request([1]),
    fence: () => owners.install(),
  }
  const blocker = connectSync()
  blocker.exec('BEGIN IMMEDIATE')
  for (const [name, write] of Object.entries(writes)) {
    await expect(write(), name).rejects.toMatchObject({ code: 'sync-database-busy', exitCode: 5 })
  }
  blocker.exec('COMMIT')
  for (const write of Object.values(writes)) await write()
  blocker.exec('BEGIN IMMEDIATE')
  const next = { owner: 'moving', epoch: 1 } as const
  expect(await owners.move({ owner: 'legacy', epoch: 0 }, next, { withinMs: 120 })).toBe('busy')
  blocker.exec('COMMIT')
  expect(await owners.move({ owner: 'legacy', epoch: 0 }, next, { withinMs: 120 })).toBe('moved')
})

test('a full disk is a fault that writes nothing, neither the save nor its checkpoint, and goes on when there is room', async () => {
  const { path, connectSync } = await openThings()
  const connection = await openConnection(path)
  onTestFinished(() => connection.close())
  const target = buildSqliteTarget(connection, place, things)
  const lease = await leaseOf(target)
  await connection.write((handle) => handle.exec('PRAGMA max_page_count = 20'))
  await expect(save(target, lease, 2000)).rejects.toMatchObject({ code: 'sync-database-down', exitCode: 5 })
  const database = connectSync()
  const count = () => database.prepare('SELECT count(*) FROM thing').pluck().get()
  expect([count(), (await target.readJob()).position]).toEqual([0, undefined])
  expect(database.prepare('SELECT origin FROM banyan_origin').pluck().get()).toBeNull()
  await connection.write((handle) => handle.exec('PRAGMA max_page_count = 100000'))
  await save(target, lease, 2000)
  expect([count(), (await target.readJob()).position]).toEqual([2000, '2000'])
})

test('a database file that was moved away in mid-run is a fault, not a write to the file that nobody reads', async () => {
  const { path, sync } = await openThings({}, 'DELETE')
  const target = sync.target(place, things)
  const lease = await leaseOf(target)
  await rename(path, `${path}.moved`)
  await expect(save(target, lease, 1)).rejects.toMatchObject({ code: 'sync-database-down' })
})

test('a table that is dropped in mid-run is named, whether it is read, written, captured or fenced', async () => {
  const { sync, connectSync } = await openThings()
  const target = sync.target(place, things)
  const lease = await leaseOf(target)
  await save(target, lease, 5)
  const feed = sync.feed(place, things)
  await feed.install()
  const identity = await feed.identity()
  connectSync().exec('DROP TABLE part')
  const named = { code: 'sync-schema-differs', message: expect.stringContaining('no such table: ') }
  await expect(target.reader.page(undefined, 10)).rejects.toMatchObject(named)
  await expect(save(target, lease, 9)).rejects.toMatchObject(named)
  await expect(feed.install()).rejects.toMatchObject(named)
  await expect(sync.owners(place, things, undefined).install()).rejects.toMatchObject(named)
  expect((await target.readJob()).position).toBe('5')
  connectSync().exec('CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id INTEGER REFERENCES thing, name TEXT)')
  await feed.install()
  expect(await feed.identity(), 'what was dropped with the table is unknown').not.toBe(identity)
  await save(target, lease, 9)
})

test('triggers are made of what an old SQLite knows: an application that links one could not read the schema otherwise', async () => {
  const { sync, connectSync } = await openThings()
  await sync.feed(place, things).install()
  const owners = sync.owners(place, things, undefined)
  await owners.install()
  const database = connectSync()
  const triggers = () =>
    database.prepare(`SELECT sql FROM sqlite_master WHERE type = 'trigger'`).pluck().all().join('\n')
  const raised = triggers().match(/RAISE\(\w+, (?!'[^']*'\))/g)
  expect(raised, 'RAISE takes an expression only since 3.47').toBeNull()
  await owners.setFence('observe')
  expect(triggers()).not.toMatch(/->|RETURNING|ON CONFLICT|FILTER|STRICT|IS (NOT )?DISTINCT/)
})

test('another conflict clause, an upsert or a trigger of the application does not get a write past the fence', async () => {
  const { sync, connectSync } = await openThings()
  const database = connectSync()
  database.exec(`INSERT INTO thing VALUES (1, 'a', NULL), (2, 'b', NULL); CREATE TABLE job (id INTEGER PRIMARY KEY);
    CREATE TRIGGER nightly AFTER INSERT ON job BEGIN UPDATE thing SET name = 'by trigger' WHERE id = 1; END`)
  const owned = { root: ['id', 'name'], children: { parts: ['id', 'thing_id', 'name'] } }
  const owners = sync.owners(place, things, owned)
  await owners.install()
  await owners.move({ owner: 'legacy', epoch: 0 }, { owner: 'service', epoch: 1 }, { withinMs: 1000 })
  for (const sql of [
    ...['ABORT', 'FAIL', 'IGNORE', 'REPLACE', 'ROLLBACK'].map(
      (or) => `UPDATE OR ${or} thing SET name = 'x' WHERE id = 1`,
    ),
    `INSERT OR IGNORE INTO thing VALUES (3, 'x', NULL)`,
    `REPLACE INTO thing VALUES (2, 'x', NULL)`,
    `INSERT INTO thing VALUES (1, 'x', NULL) ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
    'INSERT INTO job VALUES (1)',
    'DELETE FROM thing',
  ]) {
    expect(() => database.exec(sql), sql).toThrow(/^banyan: things is owned by service/)
  }
  expect(() => database.exec(`UPDATE thing SET name = 'A' WHERE id = 1`)).toThrow(
    /may not change thing\.name; write through the edge/,
  )
  expect(database.prepare('SELECT id, name FROM thing').raw().all()).toEqual([
    [1, 'a'],
    [2, 'b'],
  ])
  expect(database.prepare('SELECT count(*) FROM job').pluck().get()).toBe(0)
})

test('a REPLACE does not take an owned row away past the fence, also where it sets nothing that is owned', async () => {
  const { sync, connectSync } = await openThings()
  const database = connectSync()
  database.exec(`ALTER TABLE thing ADD COLUMN slot TEXT COLLATE NOCASE; CREATE UNIQUE INDEX by_slot ON thing (slot);
    INSERT INTO thing VALUES (1, 'a', NULL, 'x'), (2, 'b', NULL, 'y'); INSERT INTO part VALUES (10, 1, 'p'), (90, NULL, 'of nobody')`)
  const owned = { root: ['id', 'name'], children: { parts: ['id', 'thing_id', 'name'] } }
  const owners = sync.owners(place, things, owned)
  await owners.install()
  await owners.move({ owner: 'legacy', epoch: 0 }, { owner: 'service', epoch: 1 }, { withinMs: 1000 })
  for (const sql of [
    `UPDATE OR REPLACE thing SET slot = 'x' WHERE id = 2`,
    `UPDATE OR REPLACE part SET id = 10 WHERE id = 90`,
    'INSERT OR REPLACE INTO part (id) VALUES (10)',
  ]) {
    expect(() => database.exec(sql), sql).toThrow(/^banyan: things is owned by service.* may not replace a row of/)
  }
  database.exec(`UPDATE OR REPLACE thing SET slot = 'Y' WHERE id = 2; UPDATE thing SET slot = 'z' WHERE id = 1;
    INSERT OR REPLACE INTO part (id) VALUES (90); UPDATE part SET id = 91 WHERE id = 90`)
  expect(database.prepare('SELECT id, slot FROM thing ORDER BY id').raw().all()).toEqual([
    [1, 'z'],
    [2, 'Y'],
  ])
  expect(database.prepare('SELECT id, thing_id FROM part ORDER BY id').raw().all()).toEqual([
    [10, 1],
    [91, null],
  ])
})

test('a foreign key that is checked only at the commit is a fault that names the row, and nothing is written', async () => {
  const { sync, connectSync } = await openThings()
  const database = connectSync()
  database.exec(`CREATE TABLE vendor (id INTEGER PRIMARY KEY);
    ALTER TABLE thing ADD COLUMN vendor_id INTEGER REFERENCES vendor DEFERRABLE INITIALLY DEFERRED`)
  const target = sync.target(place, things)
  const lease = await leaseOf(target)
  const change = (vendor: number) => ({
    key: 1,
    next: { root: { id: 1, name: 'a', vendor_id: vendor }, children: {} },
    before: undefined,
  })
  const save = (vendor: number) =>
    target.transaction({ lease, epoch: undefined }, (transaction) => transaction.save([change(vendor)]))
  await expect(save(7)).rejects.toMatchObject({
    code: 'sync-constraint-late',
    message: expect.stringContaining('row 1 of thing names a vendor that is not there'),
  })
  expect(database.prepare('SELECT count(*) FROM thing').pluck().get()).toBe(0)
  database.exec('INSERT INTO vendor VALUES (7)')
  expect(await save(7)).toEqual([])
})

test('an observing fence keeps a thousand kinds of writers, and counts those beyond it together', async () => {
  const { sync, connectSync } = await openThings()
  const columns = Array.from({ length: 11 }, (_, place) => `c${place}`)
  const database = connectSync()
  database.exec(
    `CREATE TABLE wide (id INTEGER PRIMARY KEY, ${columns.map((name) => `${name} INT DEFAULT 0`).join(', ')}); INSERT INTO wide (id) VALUES (1)`,
  )
  const owners = sync.owners(place, tables({ root: 'wide', key: 'id' }), undefined)
  await owners.setFence('observe')
  database.exec('BEGIN')
  for (let set = 1; set < 2 ** columns.length; set++) {
    const touched = columns.filter((_, bit) => (set >> bit) & 1)
    database.exec(`UPDATE wide SET ${touched.map((name) => `${name} = ${name} + 1`).join(', ')}`)
  }
  database.exec('COMMIT')
  const seen = await owners.observed()
  expect(seen).toHaveLength(1000)
  const stored = database
    .prepare(`SELECT sum(count) AS writes, count(*) AS kinds, max(count) AS most FROM banyan_observed`)
    .get()
  expect(stored).toEqual({ writes: 2047, kinds: 1001, most: 1047 })
})

async function openThings(options = {}, journal = 'WAL') {
  if (journal === 'WAL') {
    const database = await openLabDatabase(options)
    database.connectSync().exec(schema)
    return database
  }
  const folder = await mkdtemp(join(tmpdir(), 'banyan-faults-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'things.db')
  const made = new Database(path)
  made.exec(schema)
  made.close()
  const sync = await openSqlite(path, options)
  onTestFinished(() => sync.close())
  return { path, sync, connectSync: () => new Database(path) }
}

async function leaseOf(target: SyncTarget): Promise<Lease> {
  await target.prepare()
  const lease = await target.leases.acquire({ holder: 'worker', process: undefined, now: 0, leaseMs: 60_000 })
  if ('heldBy' in lease) throw new Error('the lease is held')
  return lease
}

/** Saves so many aggregates, with a checkpoint that tells how many. */
async function save(target: SyncTarget, lease: Lease, count: number): Promise<void> {
  await target.transaction({ lease, epoch: undefined }, async (transaction) => {
    const ids = Array.from({ length: count }, (_, place) => place + 1)
    const changes = ids.map((id) => {
      const root = { id, name: 'x'.repeat(100) }
      return { key: id, next: { root, children: { parts: [{ id, thing_id: id, name: 'y' }] } }, before: undefined }
    })
    expect(await transaction.save(changes)).toEqual([])
    await transaction.writeCheckpoint('feed', String(count))
  })
}
