import { expect, test } from 'vitest'
import { systemClock } from '../base/index.ts'
import { eventually, openShop } from './fixtures/shop.ts'

test('a backfill copies every aggregate, and follow applies what changes after', async () => {
  const shop = await openShop()
  shop.fill(1200)
  const sync = await shop.sync()
  await sync.backfill()
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 1200, samples: [], complete: true })
  shop.legacy.exec(`
    UPDATE cust SET nm = 'x' WHERE cust_id < 100; DELETE FROM cust WHERE cust_id = 200;
    UPDATE cust_addr SET cust_id = 300 WHERE addr_id = 3010; UPDATE cust SET cust_id = 9000 WHERE cust_id = 400;
    INSERT OR REPLACE INTO cust (cust_id, nm, email) VALUES (9001, 'r', 'u500@x');
  `)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 1199 })
  expect(shop.service.prepare('SELECT user_id FROM addresses WHERE id = 3010').pluck().get()).toBe(300)
})

test('law 4: applying a change twice equals applying it once, and the checkpoint never passes a change that is not applied', async () => {
  const shop = await openShop()
  shop.fill(50)
  const sync = await shop.sync()
  await sync.backfill()
  const position = () => Number(shop.service.prepare('SELECT position FROM banyan_sync_job').pluck().get())
  const users = () => shop.service.prepare('SELECT * FROM users ORDER BY id').all()
  const before = position()
  shop.legacy.exec(`UPDATE cust SET nm = 'x' WHERE cust_id < 20; DELETE FROM cust WHERE cust_id = 30`)
  await sync.follow({ until: 'caught-up' })
  const [once, after] = [users(), position()]
  shop.service.prepare('UPDATE banyan_sync_job SET position = ?').run(String(before))
  await sync.follow({ until: 'caught-up' })
  expect(users()).toEqual(once)
  expect(position()).toBeGreaterThanOrEqual(after) // A heartbeat is a step, too.
  // A save that fails takes its checkpoint with it.
  shop.service.exec(`CREATE TRIGGER broken BEFORE UPDATE ON users BEGIN SELECT no_such_function(); END`)
  shop.legacy.exec(`UPDATE cust SET nm = 'y' WHERE cust_id = 1`)
  const change = shop.legacy.prepare('SELECT max(seq) FROM banyan_users_legacy_outbox WHERE key = 1').pluck().get()
  await expect(sync.follow({ until: 'caught-up' })).rejects.toThrow()
  expect(position()).toBeLessThan(Number(change))
})

test('law 9: a change feed is read in bounded batches, and a chunk of the backfill is bounded too', async () => {
  const shop = await openShop()
  shop.fill(5000)
  const sync = await shop.sync()
  await sync.install()
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  const positions = new Set<unknown>()
  const stop = new AbortController()
  const probe = shop.service.prepare('SELECT position FROM banyan_sync_job').pluck()
  shop.service.exec(
    'CREATE TABLE steps (position TEXT); CREATE TRIGGER step AFTER UPDATE OF position ON banyan_sync_job BEGIN INSERT INTO steps VALUES (NEW.position); END',
  )
  shop.service.exec(`UPDATE banyan_sync_job SET feed = '${identity(shop.legacy)}', position = '0'`)
  await sync.follow({ until: 'caught-up', signal: stop.signal })
  const steps = shop.service.prepare('SELECT CAST(position AS INTEGER) FROM steps').pluck().all() as number[]
  positions.add(probe.get())
  expect(steps.length).toBeGreaterThan(2)
  for (const [place, step] of steps.slice(1).entries()) expect(step - (steps[place] ?? 0)).toBeLessThanOrEqual(2000)
})

test('a row that appears, changes and vanishes within one batch leaves nothing behind', async () => {
  const shop = await openShop()
  shop.fill(5)
  const sync = await shop.sync()
  await sync.backfill()
  shop.legacy.exec(
    `INSERT INTO cust (cust_id, nm, email) VALUES (77, 'a', 'a@x'); UPDATE cust SET nm = 'b' WHERE cust_id = 77; DELETE FROM cust WHERE cust_id = 77`,
  )
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 5 })
  expect(await sync.quarantined()).toEqual([])
})

test('columns that the translator does not name keep what they held, on root and child, also when emails swap or a child moves', async () => {
  const shop = await openShop()
  shop.fill(4)
  const sync = await shop.sync()
  await sync.backfill()
  shop.service.exec(`UPDATE users SET note = 'n' || id; UPDATE addresses SET note = 'a' || id`)
  shop.legacy.exec(`
    UPDATE cust SET email = 'tmp' WHERE cust_id = 1; UPDATE cust SET email = 'u1@x' WHERE cust_id = 2;
    UPDATE cust SET email = 'u2@x' WHERE cust_id = 1; UPDATE cust_addr SET cust_id = 4 WHERE addr_id = 30;
  `)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 4 })
  expect(shop.service.prepare('SELECT id, email, note FROM users WHERE id < 3').all()).toEqual([
    { id: 1, email: 'u2@x', note: 'n1' },
    { id: 2, email: 'u1@x', note: 'n2' },
  ])
  expect(shop.service.prepare('SELECT note FROM addresses ORDER BY id').pluck().all()).toEqual([
    'a10',
    'a20',
    'a30',
    'a40',
  ])
})

test('an email that is handed on along a chain whose head changed in another batch arrives', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  shop.legacy.exec(`
    UPDATE cust SET nm = 'x' WHERE cust_id = 1; UPDATE cust SET email = 'free' WHERE cust_id = 3; UPDATE cust SET email = 'u3@x' WHERE cust_id = 2; UPDATE cust SET email = 'u2@x' WHERE cust_id = 1;
    DELETE FROM banyan_users_legacy_outbox WHERE key <> 1;
  `)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 3 })
})

test('what cannot be translated is set aside with its reason, follow goes on, and it comes back by itself', async () => {
  const shop = await openShop()
  shop.fill(3)
  shop.legacy.exec(`UPDATE cust SET st_cd = 'Q' WHERE cust_id = 2`)
  const sync = await shop.sync()
  await sync.backfill()
  expect(await sync.quarantined()).toMatchObject([
    { key: 2, kind: 'translation', reason: 'st_cd: unknown code "Q"; known: "A", "X"', attempts: 1, targetImage: null },
  ])
  shop.legacy.exec(`UPDATE cust SET nm = 'x' WHERE cust_id = 3`)
  await sync.follow({ until: 'caught-up' })
  expect(shop.service.prepare('SELECT name FROM users WHERE id = 3').pluck().get()).toBe('x')
  shop.legacy.exec(`UPDATE cust SET st_cd = 'X' WHERE cust_id = 2`)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.quarantined()).toEqual([])
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 3 })
})

test('what a constraint refuses is set aside, alone, and its neighbours are applied', async () => {
  const shop = await openShop()
  shop.fill(4)
  shop.legacy.exec(`DROP INDEX cust_email; UPDATE cust SET email = 'U1@x' WHERE cust_id = 2`)
  const sync = await shop.sync()
  await sync.backfill()
  expect(await sync.quarantined()).toMatchObject([
    { key: 2, kind: 'constraint', reason: 'UNIQUE constraint failed: users.email' },
  ])
  expect(shop.service.prepare('SELECT id FROM users ORDER BY id').pluck().all()).toEqual([1, 3, 4])
  shop.legacy.exec(`UPDATE cust SET email = 'other' WHERE cust_id = 2`)
  await sync.follow({ until: 'caught-up' })
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 4 })
})

test('what a constraint refused is tried again when the way is free, without a change of its own', async () => {
  const shop = await openShop()
  shop.fill(1)
  shop.service.exec(`CREATE TRIGGER no BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'not yet'); END`)
  let aheadMs = 0
  const clock = { ...systemClock, now: () => Date.now() + aheadMs }
  const sync = await shop.sync({ clock })
  await sync.backfill()
  expect(await sync.quarantined()).toMatchObject([{ key: 1, kind: 'constraint', reason: 'not yet' }])
  shop.service.exec('DROP TRIGGER no')
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  await eventually(async () => (await sync.status()).worker?.alive)
  aheadMs = 6000
  await eventually(async () => (await sync.quarantined()).length === 0)
  expect(shop.service.prepare('SELECT id FROM users').pluck().all()).toEqual([1])
  stop.abort()
  await working
})

test('rows that the source no longer has are swept from the target by the next backfill', async () => {
  const shop = await openShop()
  shop.fill(3)
  shop.service.exec(`INSERT INTO users VALUES (99, 'old', 'old@x', 'active', NULL)`)
  const sync = await shop.sync()
  await sync.backfill()
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 3 })
})

test('status tells idle from gone: the lag is unknown without a worker', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  expect(await sync.status()).toMatchObject({
    captured: false,
    lag: undefined,
    worker: undefined,
    backfill: { phase: 'never' },
  })
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  const other = await shop.sync({ holder: 'cli' })
  await eventually(async () => (await other.status()).worker?.alive)
  expect(await other.status()).toMatchObject({ lag: { changes: 0, ms: 0 }, worker: { holder: 'worker-1' } })
  await other.backfill()
  expect((await other.status()).backfill).toMatchObject({ phase: 'done', copied: 3, total: 3 })
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  await eventually(() => shop.service.prepare(`SELECT count(*) FROM users WHERE name = 'x'`).pluck().get() === 3)
  stop.abort()
  await working
  expect(await other.status()).toMatchObject({ lag: undefined, worker: { alive: false }, backfill: { phase: 'done' } })
})

test('an empty source is unknown, not equal', async () => {
  const shop = await openShop()
  expect(await (await shop.sync()).verify()).toMatchObject({ equal: undefined, aggregates: 0 })
})

test('a byte that was changed by hand is named with key and column', async () => {
  const shop = await openShop()
  shop.fill(3)
  const sync = await shop.sync()
  await sync.backfill()
  shop.service.exec(`UPDATE users SET name = 'N2x' WHERE id = 2; DELETE FROM addresses WHERE id = 30`)
  expect((await sync.verify()).samples).toEqual([
    { key: 2, kind: 'different', path: 'name', detail: '"N2x" where "N2" is expected' },
    { key: 3, kind: 'different', path: 'addresses[30]', detail: expect.stringContaining('nothing where id 30, ') },
  ])
})

test("the sync's own writes are marked, so that the way back will not take them for changes", async () => {
  const shop = await openShop()
  shop.fill(2)
  const sync = await shop.sync()
  const { openSyncDatabase } = await import('./open.ts')
  const service = await openSyncDatabase(shop.paths.service)
  const back = service.feed({ capability: 'users', arm: 'service' }, { root: 'users', key: 'id', children: {} })
  await back.install()
  const start = await back.head()
  await sync.backfill()
  expect((await back.read(start, 100)).keys).toEqual([])
  shop.service.exec(`UPDATE users SET note = 'x' WHERE id = 1`)
  expect((await back.read(start, 100)).keys).toEqual([1])
  await service.close()
})

test('law 6: while the service owns, the way forth keeps no backlog: its start moves on, and what it need not read is pruned', async () => {
  const shop = await openShop()
  shop.fill(40)
  const sync = await shop.sync()
  await sync.install()
  await sync.backfill()
  await sync.observe('off')
  const move = (owner: string, epoch: number) => {
    for (const database of [shop.service, shop.legacy])
      database.prepare('UPDATE banyan_owner SET owner = ?, epoch = ?').run(owner, epoch)
  }
  move('service', 1)
  const stop = new AbortController()
  const working = sync.work({ signal: stop.signal })
  await eventually(async () => (await sync.status()).direction === 'to legacy')
  // Columns that users never owned are written by the monolith all the time.
  shop.legacy.exec(`UPDATE cust SET lst_ord_dt = 'today'`)
  const outbox = () => Number(shop.legacy.prepare('SELECT count(*) FROM banyan_users_legacy_outbox').pluck().get())
  const position = () => Number(shop.service.prepare('SELECT position FROM banyan_sync_job').pluck().get())
  await eventually(() => outbox() <= 1)
  const head = Number(shop.legacy.prepare('SELECT max(seq) FROM banyan_users_legacy_outbox').pluck().get())
  expect(position()).toBe(head)
  // And forth again: what legacy writes from then on is followed from there.
  move('legacy', 2)
  await eventually(async () => (await sync.status()).direction === 'to service')
  shop.legacy.exec(`UPDATE cust SET nm = 'again' WHERE cust_id = 4`)
  await eventually(() => shop.service.prepare('SELECT name FROM users WHERE id = 4').pluck().get() === 'again')
  stop.abort()
  await working
})

function identity(legacy: { prepare(sql: string): { pluck(): { get(): unknown } } }): string {
  return String(legacy.prepare('SELECT identity FROM banyan_feed').pluck().get())
}
