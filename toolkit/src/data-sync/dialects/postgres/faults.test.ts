import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fault } from '../../../base/index.ts'
import { tables } from '../../capability.ts'
import { eventually } from '../../fixtures/shop.ts'
import { openSyncDatabase } from '../../open.ts'
import { connectLab, openLabDatabase } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres(['max_connections=30'])
})
afterAll(() => server.stop())

const place = { capability: 'users', arm: 'legacy' } as const
const cust = tables({ root: 'cust', key: 'id' })
const schema = `CREATE TABLE cust (id bigint PRIMARY KEY, name text); INSERT INTO cust VALUES (1, 'a'), (2, 'b')`

async function arrange(options = {}) {
  const database = await openLabDatabase(server, options)
  const app = await connectLab(database.url)
  await app.run(schema)
  const target = database.sync.target({ ...place, arm: 'service' }, cust)
  await target.prepare()
  const wish = { process: undefined, leaseMs: 60_000 }
  const lease = await target.leases.acquire({ ...wish, holder: 'first', now: 1000 })
  if ('heldBy' in lease) throw new Error('the lease is free')
  return { ...database, app, target, wish, guard: { lease, epoch: undefined } }
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const thrown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (!(thrown instanceof Fault)) throw thrown
  return thrown
}

const change = (key: number, name: string) => ({
  key,
  next: { root: { id: key, name }, children: {} },
  before: undefined,
})

test('what cannot be opened is said without the password', async () => {
  const url = await server.freshUrl()
  const absent = await faultOf(openSyncDatabase(`${url}_nowhere`, { variable: 'USERS_DATABASE_URL' }))
  expect(absent.code).toBe('sync-database-absent')
  expect(absent.message).toMatch(/sync@127\.0\.0\.1:\d+\/shop_\d+_nowhere \(USERS_DATABASE_URL\)/)
  const denied = await faultOf(openSyncDatabase(url.replace('se%2Fcret', 'wrong-pass')))
  expect(denied.code).toBe('sync-database-denied')
  const down = await faultOf(openSyncDatabase(url.replace(/:\d+\//, ':1/')))
  expect(down.code).toBe('sync-database-down')
  const invalid = await faultOf(openSyncDatabase('postgres://sync:se/cret@[nonsense/db'))
  expect(invalid.code).toBe('sync-url-invalid')
  for (const fault of [absent, denied, down, invalid]) {
    expect(JSON.stringify([fault.message, fault.hint, String(fault.cause)])).not.toMatch(
      /se%2Fcret|se\/cret|wrong-pass/,
    )
  }
})

test('a killed connection is a database that is down, and the next call has another', async () => {
  const { app, target, guard } = await arrange()
  const killed = target.transaction(guard, async (transaction) => {
    await transaction.save([change(1, 'never')])
    await app.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'banyan sync%'`)
    await transaction.save([change(2, 'never')])
  })
  expect((await faultOf(killed)).code).toBe('sync-database-down')
  await target.transaction(guard, (transaction) => transaction.save([change(2, 'after')]))
  expect(await app.rows('SELECT name FROM cust ORDER BY id')).toEqual([['a'], ['after']])
})

test('a listening connection that is killed is replaced, and polling goes on meanwhile', async () => {
  const { app, sync } = await arrange()
  const feed = sync.feed(place, cust)
  await feed.install()
  await feed.wait(1, undefined)
  const listeners = `FROM pg_stat_activity WHERE application_name LIKE '%listening' AND datname = current_database()`
  expect(await app.rows(`SELECT count(*) ${listeners}`)).toEqual([[1]])
  await app.run(`SELECT pg_terminate_backend(pid) ${listeners}`)
  await eventually(async () => (await app.rows(`SELECT count(*) ${listeners}`))[0]?.[0] === 0)
  await feed.wait(10, undefined)
  await feed.close()
})

test('a server that restarts in mid-run is down meanwhile and lost nothing that was committed', async () => {
  const { url, target, guard, sync } = await arrange()
  await target.transaction(guard, async (transaction) => {
    await transaction.save([change(1, 'saved')])
    await transaction.writeCheckpoint('feed', '7:1')
  })
  await server.halt()
  expect((await faultOf(target.readJob())).code).toBe('sync-database-down')
  expect((await faultOf(target.transaction(guard, async () => undefined))).code).toBe('sync-database-down')
  await server.start()
  await eventually(() => sync.columnsOf('cust').catch(() => undefined))
  expect(await target.readJob()).toMatchObject({ feed: 'feed', position: '7:1' })
  const app = await connectLab(url)
  expect(await app.rows('SELECT name FROM cust WHERE id = 1')).toEqual([['saved']])
})

test('a read-only database is down, for it will be writable again', async () => {
  const { app, target, guard, url } = await arrange()
  await app.run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`)
  await app.run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'banyan sync%'`)
  const saved = () => target.transaction(guard, (transaction) => transaction.save([change(1, 'x')]))
  await faultOf(saved())
  expect((await faultOf(saved())).code).toBe('sync-database-down')
})

test('a table that stays locked past the bound is busy, and says so', async () => {
  const { app, target, guard } = await arrange({ busyBoundMs: 100 })
  await app.run('BEGIN; LOCK TABLE cust')
  const saved = target.transaction(guard, (transaction) => transaction.save([change(1, 'x')]))
  expect((await faultOf(saved)).code).toBe('sync-database-busy')
  await app.run('ROLLBACK')
})

test('a table altered in mid-run stops with what is missing, and goes on when it is back', async () => {
  const { app, target, sync } = await arrange()
  const reader = sync.reader(cust)
  await reader.load([1])
  await app.run('ALTER TABLE cust RENAME COLUMN name TO nm')
  const fault = await faultOf(reader.load([1]))
  expect([fault.code, fault.message]).toEqual(['sync-schema-differs', expect.stringContaining('"name" does not exist')])
  expect((await reader.load([1])).get('1')?.rows.root).toEqual({ id: 1, nm: 'a' })
  await app.run('ALTER TABLE cust ADD COLUMN extra int DEFAULT 7; ALTER TABLE cust DROP COLUMN nm')
  expect((await faultOf(target.reader.page(undefined, 10))).code).toBe('sync-schema-differs')
  expect(await sync.columnsOf('cust')).toEqual(['id', 'extra'])
  await app.run('DROP TABLE cust')
  expect(await sync.columnsOf('cust')).toBeUndefined()
  expect((await faultOf(reader.count())).code).toBe('sync-schema-differs')
})

test('law 4: a lease cannot be taken while a save is under way, so that two workers never both save', async () => {
  const { app, target, guard, wish } = await arrange()
  let taken: unknown
  await target.transaction(guard, async (transaction) => {
    await transaction.save([change(1, 'first')])
    const stealing = target.leases.acquire({ ...wish, holder: 'second', now: 90_000 }).then((lease) => {
      taken = lease
    })
    await target.leases.renew(guard.lease, 2000, { leaseMs: 10, trouble: undefined })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(taken).toBeUndefined()
    void stealing
  })
  await eventually(() => taken)
  expect((await faultOf(target.transaction(guard, async () => undefined))).code).toBe('sync-lease-lost')
  expect(await app.rows('SELECT name FROM cust WHERE id = 1')).toEqual([['first']])
})

test('law 3: ownership cannot move while a save is under way', async () => {
  const { sync, target, guard } = await arrange()
  const owners = sync.owners({ ...place, arm: 'service' }, cust, undefined)
  await owners.install()
  const next = { owner: 'service', epoch: 1 } as const
  await target.transaction({ ...guard, epoch: 0 }, async (transaction) => {
    await transaction.save([change(1, 'x')])
    expect(await owners.move({ owner: 'legacy', epoch: 0 }, next, { withinMs: 150 })).toBe('busy')
  })
  expect(await owners.move({ owner: 'legacy', epoch: 0 }, next, { withinMs: 5000 })).toBe('moved')
})

test('the connections are named for the capability', async () => {
  const { app } = await arrange()
  const names = await app.rows(
    `SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1`,
  )
  expect(names).toEqual([['banyan sync users'], ['shop']])
})
