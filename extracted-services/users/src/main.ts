import { systemClock } from '@banyan/toolkit/base'
import { drainOnSignal, type Environment, failStart, listen } from '@banyan/toolkit/service-kit'
import { buildApp } from './app.ts'
import { openDatabase } from './database/open.ts'
import { ownershipIn } from './database/ownership.ts'
import { readApiKeys } from './http/api-keys.ts'
import { readSettings } from './settings.ts'

async function start(env: Environment): Promise<void> {
  const { host, port, plantedBug, ...settings } = readSettings(env)
  const knowsKey = await readApiKeys(settings.apiKeysFile)
  const { db, applied } = await openDatabase(settings.databaseUrl)
  const ownership = ownershipIn(settings.owner)
  const app = await buildApp({ db, ownership, knowsKey, clock: systemClock, plantedBug })
  if (applied.length > 0) app.log.info({ applied }, 'schema brought up to date')
  if (plantedBug) app.log.warn({ bug: plantedBug }, 'PLANTED BUG: /api/customers answers wrong instants')
  const url = await listen(app, { host, port, variable: 'USERS_PORT' })
  app.log.info({ url, ...(await ownership.now(db)) }, 'users service listens')
  const database = { name: 'database', close: () => db.destroy() }
  drainOnSignal(process, [database, { name: 'http', close: () => app.close() }], { log: app.log })
}

start(process.env).catch((error: unknown) => failStart(process, 'users', error))
