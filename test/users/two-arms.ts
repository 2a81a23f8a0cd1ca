import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Row } from '@banyan/toolkit/anti-corruption'
import type { Clock } from '@banyan/toolkit/base'
import type { Knex } from 'knex'
import { onTestFinished } from 'vitest'
import { customerTranslator } from '../../extracted-services/users/src/anti-corruption/customer-translator.ts'
import type { CustomerRows } from '../../extracted-services/users/src/anti-corruption/legacy-rows.ts'
import { type AppDeps, buildApp as buildUsersApp } from '../../extracted-services/users/src/app.ts'
import { connectDatabase } from '../../extracted-services/users/src/database/connect.ts'
import { migrate } from '../../extracted-services/users/src/database/migrate.ts'
import { ownershipIn } from '../../extracted-services/users/src/database/ownership.ts'
import { knowsKey } from '../../extracted-services/users/src/http/api-keys.ts'
import { buildApp as buildShop } from '../../monolith/src/app.ts'
import { connect as connectShop } from '../../monolith/src/database/connect.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { seedDatabase } from '../../monolith/src/seed/seed.ts'

/** The clock of both arms: it stands still in winter, so that new instants are equal. */
export const stillClock: Clock = {
  now: () => Date.parse('2025-12-03T14:05:00Z'),
  monotonic: () => 0,
  sleep: async () => undefined,
}

/** Both arms, serving the same customers on ports of their own. */
export interface TwoArms {
  readonly legacy: { readonly url: string; readonly db: Knex; stop(): Promise<void> }
  readonly service: { readonly url: string; readonly db: Knex }
  readonly key: string
}

/** Starts the shop on a freshly seeded database and the users service on a translated copy of it. */
export async function startTwoArms(
  scale: number,
  options: Partial<AppDeps> & { readonly owner?: 'legacy' | 'service' } = {},
): Promise<TwoArms> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-users-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const legacyDb = connectShop(path.join(folder, 'monolith.sqlite'))
  await seedDatabase(legacyDb, scale)
  const serviceDb = connectDatabase(path.join(folder, 'users.sqlite'))
  await migrate(serviceDb)
  await copyCustomers(legacyDb, serviceDb)
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
  }
  onTestFinished(async () => {
    await Promise.all([shop.close(), users.close()])
    await Promise.all([legacyDb.destroy(), serviceDb.destroy()])
  })
  return arms
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

async function copyCustomers(from: Knex, to: Knex): Promise<void> {
  const users = (await loadCustomers(from)).map((customer) => {
    const translated = customerTranslator.toService(customer)
    if (!translated.ok) throw new Error(JSON.stringify(translated.problems))
    return translated.value
  })
  await to.batchInsert(
    'users',
    users.map((user) => user.root),
    50,
  )
  await to.batchInsert(
    'addresses',
    users.flatMap((user) => [...user.children.addresses]),
    50,
  )
  await to.batchInsert(
    'credentials',
    users.flatMap((user) => [...user.children.credentials]),
    50,
  )
}
