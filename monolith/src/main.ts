import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import { buildApp } from './app.ts'
import { dialectOf } from './database/dialect.ts'
import { openDatabase } from './database/open.ts'
import { plainMessageOf, ShopProblem } from './database/problem.ts'
import { databaseUrl } from './database/url.ts'
import type { Shop } from './shop.ts'

// The shop: node --import tsx monolith/src/main.ts
// MONOLITH_PORT (4000), MONOLITH_HOST (127.0.0.1), MONOLITH_DATABASE_URL (.banyan/monolith.sqlite)
const drainMs = 5_000

try {
  const db = await openShop(databaseUrl(process.env.MONOLITH_DATABASE_URL))
  const shop: Shop = { db, now: () => new Date(), log }
  const app = await buildApp(shop)
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
