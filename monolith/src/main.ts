import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import { buildApp } from './app.ts'
import type { CustomersApi } from './customers/page-writes.ts'
import { dialectOf } from './database/dialect.ts'
import { openDatabase } from './database/open.ts'
import { plainMessageOf, ShopProblem } from './database/problem.ts'
import { databaseUrl } from './database/url.ts'
import type { Shop } from './shop.ts'

// The shop: node --import tsx monolith/src/main.ts
// MONOLITH_PORT (4000), MONOLITH_HOST (127.0.0.1), MONOLITH_DATABASE_URL (.banyan/monolith.sqlite);
// SHOP_API_URL and SHOP_API_KEY let its pages write customers through the JSON API there.
const drainMs = 5_000

try {
  const db = await openShop(databaseUrl(process.env.MONOLITH_DATABASE_URL))
  const shop: Shop = { db, now: () => new Date(), log }
  const app = await buildApp(shop, customersApiFrom(process.env))
  await listen(app)
  closeOnSignal(app, db)
} catch (error) {
  console.error(error instanceof ShopProblem ? `shop: ${error.message}\n  ${error.hint}` : error)
  process.exit(1)
}

async function openShop(url: string): Promise<Knex> {
  const { db, state } = await openDatabase(url)
  if (state === 'empty') {
    // Loaded only now: faker is not needed by a shop that has its goods.
    const { seedDatabase } = await import('./seed/seed.ts')
    const seeded = await seedDatabase(db)
    if (seeded) log(`new ${dialectOf(db)} database: seeded ${seeded.rows} rows in ${seeded.tookMs} ms`)
  }
  return db
}

async function listen(app: FastifyInstance): Promise<void> {
  const port = portFrom(process.env.MONOLITH_PORT)
  const host = process.env.MONOLITH_HOST ?? '127.0.0.1'
  try {
    log(`open at ${await app.listen({ port, host })}`)
  } catch (cause) {
    throw new ShopProblem('cannot-listen', `cannot listen on ${host}:${port}: ${plainMessageOf(cause)}`, {
      hint: 'when another process has the port, give another one in MONOLITH_PORT',
      cause,
    })
  }
}

function customersApiFrom(env: NodeJS.ProcessEnv): CustomersApi | undefined {
  const { SHOP_API_URL: url = '', SHOP_API_KEY: key = '' } = env
  if (url === '') return undefined
  if (URL.canParse(url) && key !== '') return { origin: new URL(url).origin, key }
  throw new ShopProblem('bad-api', `SHOP_API_URL is "${url}"${key === '' ? ', and SHOP_API_KEY is not set' : ''}`, {
    hint: 'the origin of the JSON API, as http://127.0.0.1:8080, and a key for it',
  })
}

function portFrom(text = '4000'): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ShopProblem('bad-port', `MONOLITH_PORT is "${text}"`, { hint: 'a port is a whole number from 0 to 65535' })
}

function closeOnSignal(app: FastifyInstance, db: Knex): void {
  let closing = false
  const close = async (signal: NodeJS.Signals) => {
    if (closing) return
    closing = true
    log(`${signal}: closing`)
    setTimeout(() => process.exit(1), drainMs).unref()
    await app.close()
    await db.destroy()
    log('closed')
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} shop: ${line}`)
}
