import { exitCodes, Fault, systemClock } from '@banyan/toolkit/base'
import {
  drainOnSignal,
  type Environment,
  failStart,
  listen,
  oneOf,
  portFrom,
  required,
} from '@banyan/toolkit/service-kit'
import { type AppDeps, buildApp } from './app.ts'
import { connectDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import { ownershipIn } from './database/ownership.ts'
import { readApiKeys } from './http/api-keys.ts'

async function start(env: Environment): Promise<void> {
  const knowsKey = await readApiKeys(required(env, 'USERS_API_KEYS_FILE', 'a file with one "key name" per line'))
  const db = connectDatabase(
    required(env, 'USERS_DATABASE_URL', 'a SQLite path, or postgres://USER:PASSWORD@HOST/NAME'),
  )
  const applied = await migrate(db)
  const fallback = oneOf(env, 'USERS_OWNER', { allowed: ['legacy', 'service'], fallback: 'legacy' })
  const ownership = ownershipIn(fallback)
  const app = await buildApp({ db, ownership, knowsKey, clock: systemClock, ...plantedBugFrom(env) })
  if (applied.length > 0) app.log.info({ applied }, 'schema brought up to date')
  if (env.USERS_PLANT_BUG)
    app.log.warn({ bug: env.USERS_PLANT_BUG }, 'PLANTED BUG: /api/customers answers wrong instants')
  const url = await listen(app, {
    host: env.USERS_HOST || '127.0.0.1',
    port: portFrom(env, 'USERS_PORT', 4101),
    variable: 'USERS_PORT',
  })
  const { owner, epoch } = await ownership.now(db)
  app.log.info({ url, owner, epoch }, 'users service listens')
  const database = { name: 'database', close: () => db.destroy() }
  drainOnSignal(process, [database, { name: 'http', close: () => app.close() }], { log: app.log })
}

function plantedBugFrom(env: Environment): Pick<AppDeps, 'plantedBug'> {
  const bug = env.USERS_PLANT_BUG
  if (bug === undefined || bug === '') return {}
  if (bug === 'time-zone') return { plantedBug: bug }
  throw new Fault('variable-invalid', `USERS_PLANT_BUG="${bug}" is not known`, {
    hint: 'time-zone, or leave it out',
    exitCode: exitCodes.invalidConfig,
  })
}

start(process.env).catch((error: unknown) => failStart(process, 'users', error))
