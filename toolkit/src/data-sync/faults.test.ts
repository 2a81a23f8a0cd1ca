import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../base/index.ts'
import { openSqlite } from './dialects/sqlite/sqlite.ts'
import { eventually, openShop } from './fixtures/shop.ts'
import { openSyncDatabase } from './open.ts'
import type { Progress } from './progress.ts'

test('an absent database is said, and not made', async () => {
  const shop = await openShop()
  const path = join(shop.folder, 'typo.db')
  await expect(openSyncDatabase(path)).rejects.toMatchObject({ code: 'sync-database-absent', exitCode: 5 })
  expect(existsSync(path)).toBe(false)
  const folder = openSyncDatabase(shop.folder, { variable: 'SHOP_DATABASE_URL' })
  await expect(folder).rejects.toMatchObject({
    code: 'sync-database-absent',
    message: `sqlite:${shop.folder} (SHOP_DATABASE_URL) is no file`,
  })
})

test('the status of a database of another schema is a fault, not "never copied"', async () => {
  const shop = await openShop()
  shop.legacy.exec('DROP TABLE cust_addr')
  const sync = await shop.sync()
  await expect(sync.status()).rejects.toMatchObject({
    code: 'sync-schema-differs',
    message: expect.stringContaining('legacy.db lacks table cust_addr'),
  })
})

test('a file that is no database, and a kind of database that is not known, are said', async () => {
  const shop = await openShop()
  const path = join(shop.folder, 'text.db')
  writeFileSync(path, 'no database at all, however long it may be '.repeat(50))
  await expect(openSyncDatabase(path)).rejects.toMatchObject({ code: 'sync-database-damaged' })
  const error = await openSyncDatabase('mysql://me:secret@host/db').catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'sync-dialect-unknown' })
  expect(String(error)).not.toContain('secret')
})

test('another schema is named table by table and column by column, before anything is touched', async () => {
  const shop = await openShop()
  shop.legacy.exec('DROP TABLE cust_addr; ALTER TABLE cust RENAME COLUMN nm TO full_name')
  const sync = await shop.sync()
  await expect(sync.install()).rejects.toMatchObject({
    code: 'sync-schema-differs',
    message: expect.stringMatching(/lacks column nm of cust and table cust_addr$/),
  })
  expect(shop.legacy.prepare(`SELECT 1 FROM sqlite_master WHERE name LIKE 'banyan%'`).get()).toBeUndefined()
})

test('a column that is dropped while a worker follows stops it, with what is missing', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  const working = sync.work().catch((thrown: unknown) => thrown)
  shop.legacy.exec(`ALTER TABLE cust DROP COLUMN nm; UPDATE cust SET st_cd = 'X'`)
  expect(await working).toMatchObject({
    code: 'sync-schema-changed',
    message: expect.stringMatching(/legacy.db was altered in mid-run: it lacks column nm of cust$/),
    hint: expect.stringContaining('start the worker again'),
  })
})

test('a source that stays locked is a fault after the bound', async () => {
  const shop = await openShop()
  const legacy = await openSqlite(shop.paths.legacy, { busyBoundMs: 300 })
  const sync = await shop.sync({ legacy })
  const blocker = new Database(shop.paths.legacy)
  onTestFinished(() => {
    blocker.close()
  })
  blocker.exec('BEGIN IMMEDIATE')
  await expect(sync.install()).rejects.toMatchObject({ code: 'sync-database-busy', exitCode: 5 })
})

test('a target that is locked for long is waited for, the trouble is said, and nothing is lost', async () => {
  const shop = await openShop()
  shop.fill(20)
  const service = await openSqlite(shop.paths.service, { busyBoundMs: 150 })
  const sync = await shop.sync({ service })
  await sync.backfill()
  const stop = new AbortController()
  const troubles: string[] = []
  const working = sync.work({
    signal: stop.signal,
    onProgress: ({ trouble }) => trouble !== undefined && troubles.push(trouble),
  })
  await eventually(async () => (await sync.status()).worker?.alive)
  shop.service.exec('BEGIN IMMEDIATE')
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  await eventually(() => troubles.some((trouble) => trouble.includes('locked')))
  shop.service.exec('COMMIT')
  await eventually(() => shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'x'`).pluck().get() === 20)
  stop.abort()
  await working
})

test('a target whose disk is full is tried again, and nothing is lost', async () => {
  const shop = await openShop()
  shop.fill(500)
  const sync = await shop.sync()
  await sync.install()
  const { openConnection } = await import('./dialects/sqlite/connection.ts')
  const connection = await openConnection(shop.paths.service)
  await expect(
    connection.write((handle) => {
      handle.exec('PRAGMA max_page_count = 1')
      handle.exec('CREATE TABLE big AS SELECT randomblob(1000000) AS bytes')
    }),
  ).rejects.toMatchObject({ code: 'sync-database-down' })
  await connection.write((handle) => handle.exec('PRAGMA max_page_count = 1000000'))
  await connection.close()
  await sync.backfill()
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 500 })
})

test('two workers at once: the second is refused with the name of the first, or waits for it', async () => {
  const shop = await openShop()
  shop.fill(3)
  const [first, second] = [await shop.sync({ leaseMs: 800 }), await shop.sync({ holder: 'worker-2', leaseMs: 800 })]
  const [stopFirst, stopSecond] = [new AbortController(), new AbortController()]
  const working = first.work({ signal: stopFirst.signal })
  await eventually(async () => (await second.status()).worker?.alive)
  await expect(second.follow()).rejects.toMatchObject({
    code: 'sync-lease-held',
    message: expect.stringContaining('worker-1'),
    exitCode: 6,
  })
  const said: (string | undefined)[] = []
  const onProgress = ({ trouble }: Progress) => said.push(trouble)
  const waiting = second.work({ signal: stopSecond.signal, wait: true, onProgress })
  await eventually(() => said.includes('standing by: worker-1 is at work'))
  expect(said[0]).toMatch(/^waiting for the lease of worker-1, which runs out in (0\.\d s|\d+ ms)$/)
  expect((await second.status()).worker?.holder).toBe('worker-1')
  stopFirst.abort()
  await working
  await eventually(async () => (await first.status()).worker?.holder === 'worker-2')
  stopSecond.abort()
  await waiting
})

test('a worker that stands by ends with its signal, without a fault', async () => {
  const shop = await openShop()
  const [first, second] = [await shop.sync(), await shop.sync({ holder: 'worker-2' })]
  const [stopFirst, stopSecond] = [new AbortController(), new AbortController()]
  const working = first.work({ signal: stopFirst.signal })
  await eventually(async () => (await second.status()).worker?.alive)
  const waiting = second.work({ signal: stopSecond.signal, wait: true, onProgress: () => stopSecond.abort() })
  await expect(waiting).resolves.toBeUndefined()
  stopFirst.abort()
  await working
})

test('the lease of a process that is known to have ended is taken at once; of one that may live it is not', async () => {
  const shop = await openShop()
  const ended = { own: 'new', hasEnded: (mark: string) => mark === 'dead' }
  const sync = await shop.sync({ holder: 'worker-2', processes: ended })
  await sync.install()
  const hold = shop.service.prepare(
    `INSERT OR REPLACE INTO banyan_sync_lease (job, holder, epoch, expires_at, heartbeat_at, process)
     VALUES ('users to service', 'worker-1', 7, ?, 0, ?)`,
  )
  hold.run(Date.now() + 60_000, 'alive')
  expect((await sync.status()).worker).toMatchObject({ holder: 'worker-1', alive: true })
  await expect(sync.follow({ until: 'caught-up' })).rejects.toMatchObject({ code: 'sync-lease-held' })
  hold.run(Date.now() + 60_000, 'dead')
  expect((await sync.status()).worker).toMatchObject({ holder: 'worker-1', alive: false })
  await sync.follow({ until: 'caught-up' })
  expect(shop.service.prepare('SELECT holder, epoch, process FROM banyan_sync_lease').get()).toEqual({
    holder: 'worker-2',
    epoch: 8,
    process: 'new',
  })
})

test('a lease table of an older version is brought up to date', async () => {
  const shop = await openShop()
  const sync = await shop.sync()
  await sync.install()
  shop.service.exec('ALTER TABLE banyan_sync_lease DROP COLUMN process')
  expect((await sync.status()).worker).toBeUndefined()
  await sync.follow({ until: 'caught-up' })
  expect((await sync.status()).worker).toMatchObject({ holder: 'worker-1', alive: false })
})

test('a worker that slept past its lease writes nothing more', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sleeper = await shop.sync()
  const working = sleeper.work().catch((thrown: unknown) => thrown)
  await eventually(async () => (await sleeper.status()).worker?.alive)
  // Another took over meanwhile: a higher epoch.
  shop.service.exec(`UPDATE banyan_sync_lease SET holder = 'other', epoch = epoch + 1`)
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  expect(await working).toMatchObject({ code: 'sync-lease-lost', message: expect.stringContaining('other') })
  expect(shop.service.prepare('SELECT count(*) FROM users').pluck().get()).toBe(0)
})

test('a worker that waits for its lease waits for it again when it was lost, and goes on', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal, wait: true })
  await eventually(async () => (await sync.status()).worker?.alive)
  // Another took over meanwhile, and has ended since.
  shop.service.exec(`UPDATE banyan_sync_lease SET holder = 'other', epoch = epoch + 1, expires_at = 0`)
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  await eventually(() => shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'x'`).pluck().get() === 3)
  stop.abort()
  await working
})

test('an edge that hangs or fails neither stops nor delays the sync; one that answers is told a time from before the head', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  const stop = new AbortController()
  const hanging = { now: () => new Promise<number>(() => undefined), report: () => Promise.reject(new Error('down')) }
  const working = sync.work({ signal: stop.signal, appliedThrough: hanging })
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  await eventually(() => shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'x'`).pluck().get() === 3)
  stop.abort()
  await working

  const again = new AbortController()
  const reported: number[] = []
  const edge = { now: async () => performance.now(), report: async (time: number) => void reported.push(time) }
  const follows = sync.work({ signal: again.signal, appliedThrough: edge })
  const written = performance.now()
  shop.legacy.exec(`UPDATE cust SET nm = 'y'`)
  await eventually(() => reported.some((time) => time > written))
  expect(shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'y'`).pluck().get()).toBe(3)
  again.abort()
  await follows
})

test('a clock that was set back by an hour lets a dead worker hold its lease no longer than it would have', async () => {
  const shop = await openShop()
  shop.fill(3)
  const late = await shop.sync({ leaseMs: 300 })
  await late.install()
  const died = Date.now()
  shop.service.exec(`INSERT INTO banyan_sync_lease (job, holder, epoch, expires_at, heartbeat_at)
    VALUES ('users to service', 'dead', 7, ${died + 300}, ${died})`)
  const back = { ...systemClock, now: () => Date.now() - 3_600_000 }
  const sync = await shop.sync({ holder: 'worker-2', leaseMs: 300, clock: back })
  await sync.work({ wait: true, until: 'caught-up' })
  expect((await sync.status()).worker?.holder).toBe('worker-2')
  // What it is told by the databases' own clocks comes from its future: no lag below zero, and nothing is waited for.
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  await sync.backfill()
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 3 })
})

test('a column that is added in mid-run and that the manifest does not name stops nothing', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  await eventually(async () => (await sync.status()).worker?.alive)
  shop.legacy.exec(`ALTER TABLE cust ADD COLUMN vip TEXT; UPDATE cust SET vip = 'y', nm = 'x'`)
  await eventually(() => shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'x'`).pluck().get() === 3)
  stop.abort()
  await working
})

test('a column that is renamed in mid-run stops the worker with both names', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  const working = sync.work().catch((thrown: unknown) => thrown)
  await eventually(async () => (await sync.status()).worker?.alive)
  shop.legacy.exec(`ALTER TABLE cust RENAME COLUMN nm TO full_name`)
  expect(await working).toMatchObject({
    code: 'sync-schema-changed',
    message: expect.stringMatching(/lacks column nm of cust \(new there: full_name\)$/),
  })
})
