import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Row } from '@banyan/toolkit/anti-corruption'
import { buildSync, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import type { Knex } from 'knex'
import { afterAll, onTestFinished } from 'vitest'
import type { CustomerRows } from '../../extracted-services/users/src/anti-corruption/legacy-rows.ts'
import { type AppDeps, buildApp as buildUsersApp } from '../../extracted-services/users/src/app.ts'
import { capability } from '../../extracted-services/users/src/capability.ts'
import { connectDatabase } from '../../extracted-services/users/src/database/connect.ts'
import { migrate } from '../../extracted-services/users/src/database/migrate.ts'
import { ownershipIn } from '../../extracted-services/users/src/database/ownership.ts'
import { knowsKey } from '../../extracted-services/users/src/http/api-keys.ts'
import { buildApp as buildShop } from '../../monolith/src/app.ts'
import { connect as connectShop } from '../../monolith/src/database/connect.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { seedDatabase } from '../../monolith/src/seed/seed.ts'
import { stillClock } from './still-clock.ts'

/** Both arms, serving the same customers on ports of their own. */
export interface TwoArms {
  readonly legacy: { readonly url: string; readonly db: Knex; stop(): Promise<void> }
  readonly service: { readonly url: string; readonly db: Knex }
  readonly key: string
  readonly sync: Sync
}

/** Starts the shop on a freshly seeded database and the users service on a translated copy of it. */
export async function startTwoArms(
  scale: number,
  options: Partial<AppDeps> & { readonly owner?: 'legacy' | 'service' } = {},
): Promise<TwoArms> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-users-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const legacyDb = connectShop(await copyOfSeed(scale, folder))
  const serviceDb = connectDatabase(path.join(folder, 'users.sqlite'))
  await migrate(serviceDb)
  const sync = await openSync(folder)
  await sync.install()
  await sync.backfill()
  if (options.owner === 'service') await ownedByService(serviceDb)
  const shop = await buildShop({ db: legacyDb, now: () => new Date(stillClock.now()), log: () => undefined })
  const keys = demoApiKeys().map(({ key }) => key)
  const users = await buildUsersApp({
    db: serviceDb,
    ownership: ownershipIn(options.owner ?? 'legacy'),
    knowsKey: knowsKey(keys),
    clock: stillClock,
    logLevel: 'silent',
    cost: { logCost: 4, blockSize: 8, parallel: 1 },
    ...options,
  })
  const arms = {
    legacy: { url: await shop.listen({ port: 0, host: '127.0.0.1' }), db: legacyDb, stop: () => shop.close() },
    service: { url: await users.listen({ port: 0, host: '127.0.0.1' }), db: serviceDb },
    key: keys[0] ?? '',
    sync,
  }
  onTestFinished(async () => {
    await Promise.all([shop.close(), users.close()])
    await Promise.all([legacyDb.destroy(), serviceDb.destroy()])
  })
  return arms
}

/** As a cutover leaves it: the row that the sync has installed decides, not what was configured. */
async function ownedByService(db: Knex): Promise<void> {
  await db('banyan_owner').where({ capability: 'users' }).update({ owner: 'service', epoch: 1 })
}

/** The shop's database, freshly seeded, without its server. */
export async function seededShop(scale: number): Promise<Knex> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-shop-'))
  const db = connectShop(await copyOfSeed(scale, folder))
  onTestFinished(async () => {
    await db.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  return db
}

const seeds = new Map<number, Promise<string>>()

afterAll(async () => {
  for (const seed of seeds.values()) await rm(path.dirname(await seed), { recursive: true, force: true })
})

/** A copy of the seeded database in a folder; each scale is seeded once for all tests of a file. */
async function copyOfSeed(scale: number, folder: string): Promise<string> {
  const seed = seeds.get(scale) ?? seedOnce(scale)
  seeds.set(scale, seed)
  const file = path.join(folder, 'monolith.sqlite')
  await copyFile(await seed, file)
  return file
}

async function seedOnce(scale: number): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'banyan-seed-')), 'seed.sqlite')
  const db = connectShop(file)
  await seedDatabase(db, scale)
  // The last connection to close moves the write-ahead log into the file, so that it can be copied.
  await db.destroy()
  return file
}

/** Every customer of legacy as the aggregate that a sync job would load. */
export async function loadCustomers(db: Knex): Promise<readonly CustomerRows[]> {
  const roots = await db<Row & CustomerRows['root']>('cust').orderBy('cust_id')
  const addresses = await db<CustomerRows['children']['addresses'][number]>('cust_addr').orderBy('addr_id')
  const byCustomer = new Map<number, typeof addresses>()
  for (const address of addresses) {
    byCustomer.set(address.cust_id, [...(byCustomer.get(address.cust_id) ?? []), address])
  }
  return roots.map((root) => ({ root, children: { addresses: byCustomer.get(root.cust_id) ?? [] } }))
}

/** Copies as the sync worker does: capture, backfill, follow up to the head. Returns the open sync. */
export async function openSync(folder: string): Promise<Sync> {
  const legacy = await openSyncDatabase(path.join(folder, 'monolith.sqlite'))
  const service = await openSyncDatabase(path.join(folder, 'users.sqlite'))
  const sync = buildSync({ manifest: capability, legacy, service, holder: 'test' })
  onTestFinished(() => sync.close())
  return sync
}
