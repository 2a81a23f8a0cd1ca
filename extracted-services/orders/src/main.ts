import { systemClock } from '@banyan/toolkit/base'
import { drainOnSignal, type Environment, failStart, listen, readApiKeys } from '@banyan/toolkit/service-kit'
import { buildApp } from './app.ts'
import { openDatabase } from './database/open.ts'
import { ownershipIn } from './database/ownership.ts'
import { buildNeighbour } from './neighbours/neighbour.ts'
import { readSettings } from './settings.ts'

async function start(env: Environment): Promise<void> {
  const { host, port, usersUrl, monolithUrl, ...settings } = readSettings(env)
  const knowsKey = await readApiKeys(settings.apiKeysFile, 'ORDERS_API_KEYS_FILE')
  const { db, applied } = await openDatabase(settings.databaseUrl)
  const [users, shop] = [buildNeighbour('users', usersUrl), buildNeighbour('shop', monolithUrl)]
  const ownership = ownershipIn(settings.owner)
  const app = await buildApp({ db, ownership, knowsKey, users, shop, clock: systemClock })
  if (applied.length > 0) app.log.info({ applied }, 'schema brought up to date')
  const url = await listen(app, { host, port, variable: 'ORDERS_PORT' })
  app.log.info({ url, ...(await ownership.now(db)) }, 'orders service listens')
  drainOnSignal(
    process,
    [
      { name: 'database', close: () => db.destroy() },
      { name: 'users', close: () => users.close() },
      { name: 'shop', close: () => shop.close() },
      { name: 'http', close: () => app.close() },
    ],
    { log: app.log },
  )
}

start(process.env).catch((error: unknown) => failStart(process, 'orders', error))
