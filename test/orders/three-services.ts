import type { AggregateRows, Row, Translation, Translator } from '@banyan/toolkit/anti-corruption'
import { knowsKey } from '@banyan/toolkit/service-kit'
import type { Knex } from 'knex'
import { onTestFinished } from 'vitest'
import type { LegacyOrderRows } from '../../extracted-services/orders/src/anti-corruption/legacy-rows.ts'
import { orderTranslator } from '../../extracted-services/orders/src/anti-corruption/order-translator.ts'
import { buildApp as buildOrdersApp } from '../../extracted-services/orders/src/app.ts'
import { connectDatabase as connectOrders } from '../../extracted-services/orders/src/database/connect.ts'
import { migrate as migrateOrders } from '../../extracted-services/orders/src/database/migrate.ts'
import { ownershipIn as ordersOwnership } from '../../extracted-services/orders/src/database/ownership.ts'
import { buildNeighbour } from '../../extracted-services/orders/src/neighbours/neighbour.ts'
import { customerTranslator } from '../../extracted-services/users/src/anti-corruption/customer-translator.ts'
import { buildApp as buildUsersApp } from '../../extracted-services/users/src/app.ts'
import { connectDatabase as connectUsers } from '../../extracted-services/users/src/database/connect.ts'
import { migrate as migrateUsers } from '../../extracted-services/users/src/database/migrate.ts'
import { ownershipIn as usersOwnership } from '../../extracted-services/users/src/database/ownership.ts'
import { buildApp as buildShop } from '../../monolith/src/app.ts'
import { demoApiKeys } from '../../monolith/src/seed/api-keys.ts'
import { stillClock } from '../users/still-clock.ts'
import { loadCustomers, seededShop } from '../users/two-arms.ts'

/** A server on a port of its own, over a database of its own. */
interface Serving {
  readonly url: string
  readonly db: Knex
  stop(): Promise<unknown>
}

/** The shop, and the two services that left it, which speak to each other over HTTP. */
export interface ThreeServices {
  readonly shop: Serving
  readonly users: Serving
  readonly orders: Serving
  readonly key: string
}

/** Starts all three on a freshly seeded shop and translated copies of its customers and orders; the services own their data. */
export async function startThreeServices(scale: number): Promise<ThreeServices> {
  const shopDb = await seededShop(scale)
  const keys = demoApiKeys().map(({ key }) => key)
  const common = { knowsKey: knowsKey(keys), clock: stillClock, logLevel: 'silent' } as const
  const shopApp = await buildShop({ db: shopDb, now: () => new Date(stillClock.now()), log: () => undefined })
  const usersDb = await serviceDatabase(connectUsers, migrateUsers)
  await store(usersDb, 'users', translated(customerTranslator, await loadCustomers(shopDb)))
  const usersApp = await buildUsersApp({ ...common, db: usersDb, ownership: usersOwnership('service') })
  const shop = await serve(shopApp, shopDb)
  const users = await serve(usersApp, usersDb)
  const ordersDb = await serviceDatabase(connectOrders, migrateOrders)
  await store(ordersDb, 'orders', translated(orderTranslator, await loadOrders(shopDb)))
  const neighbours = { users: buildNeighbour('users', users.url), shop: buildNeighbour('shop', shop.url) }
  const ordersApp = await buildOrdersApp({
    ...common,
    ...neighbours,
    db: ordersDb,
    ownership: ordersOwnership('service'),
  })
  const orders = await serve(ordersApp, ordersDb)
  onTestFinished(async () => {
    await Promise.all([neighbours.users.close(), neighbours.shop.close()])
  })
  return { shop, users, orders, key: keys[0] ?? '' }
}

/** Every order of legacy as the aggregate that a sync job would load. */
export async function loadOrders(db: Knex): Promise<readonly LegacyOrderRows[]> {
  const roots = await db<LegacyOrderRows['root']>('ord_hdr').orderBy('ord_id')
  const lines = await grouped<LegacyOrderRows['children']['lines'][number]>(db('ord_ln').orderBy(['ord_id', 'ln_no']))
  const steps = await grouped<LegacyOrderRows['children']['history'][number]>(db('ord_st').orderBy(['ord_id', 'seq']))
  return roots.map((root) => ({
    root,
    children: { lines: lines.get(root.ord_id) ?? [], history: steps.get(root.ord_id) ?? [] },
  }))
}

async function grouped<Child extends { readonly ord_id: number }>(query: PromiseLike<readonly Child[]>) {
  const byOrder = new Map<number, Child[]>()
  for (const child of await query) {
    const some = byOrder.get(child.ord_id) ?? []
    some.push(child)
    byOrder.set(child.ord_id, some)
  }
  return byOrder
}

function translated<Legacy extends AggregateRows, Service extends AggregateRows>(
  translator: Translator<Legacy, Service>,
  legacy: readonly Legacy[],
): readonly Service[] {
  return legacy.map((rows) => carriedOver(translator.toService(rows)))
}

/** What a translation gives; throws its problems. */
export function carriedOver<Value>(translation: Translation<Value>): Value {
  if (translation.ok) return translation.value
  throw new Error(JSON.stringify(translation.problems))
}

const childTables: Readonly<Record<string, string>> = { lines: 'order_lines', history: 'order_status_history' }

async function store(db: Knex, table: string, aggregates: readonly AggregateRows[]): Promise<void> {
  const children = aggregates.flatMap((rows) => Object.entries(rows.children))
  const names = [...new Set(children.map(([name]) => name))]
  await insert(
    db,
    table,
    aggregates.map(({ root }) => root),
  )
  for (const name of names) {
    const rows = children.filter(([other]) => other === name).flatMap(([, some]) => some)
    await insert(db, childTables[name] ?? name, rows)
  }
}

async function insert(db: Knex, table: string, rows: readonly Row[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 200) await db(table).insert(rows.slice(at, at + 200))
}

async function serviceDatabase(connect: (url: string) => Knex, migrate: (db: Knex) => Promise<unknown>): Promise<Knex> {
  const db = connect(':memory:')
  onTestFinished(() => db.destroy())
  await migrate(db)
  return db
}

interface App {
  listen(address: { readonly port: number; readonly host: string }): Promise<string>
  close(): Promise<unknown>
}

async function serve(app: App, db: Knex): Promise<Serving> {
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => void (await app.close()))
  return { url, db, stop: () => app.close() }
}
