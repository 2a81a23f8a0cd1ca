import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { buildSync, openSyncDatabase, type Sync } from '@banyan/toolkit/data-sync'
import {
  buildLog,
  type DrainLog,
  drain,
  type Environment,
  failStart,
  type Held,
  listen,
  portFrom,
  required,
} from '@banyan/toolkit/service-kit'
import { capability } from '../capability.ts'
import { openDatabase } from '../database/open.ts'
import { buildEdgeReports, type EdgeReports } from './edge-reports.ts'
import { buildHealthApp } from './health-app.ts'
import { buildProgressLog } from './progress-log.ts'

/** The sync worker: copies and follows legacy's customers until it is told to stop. */
async function run(env: Environment): Promise<void> {
  const log = buildLog('users-sync')
  const sync = await openSync(env)
  const held: Held[] = [{ name: 'databases', close: () => sync.close() }, ...(await health(env, sync))]
  const stopped = stopOnSignal(log)
  const edges = edgesFrom(env)
  log.info({ edges: edges === undefined ? 'none' : env.BANYAN_EDGES }, 'sync worker begins')
  try {
    const onProgress = buildProgressLog(log)
    await sync.work({
      signal: stopped,
      wait: true,
      onProgress,
      ...(edges === undefined ? {} : { appliedThrough: edges }),
    })
  } finally {
    const clean = await drain(held, { log })
    if (!clean) process.exitCode = exitCodes.unexpected
  }
}

async function openSync(env: Environment): Promise<Sync> {
  const legacyUrl = required(env, 'MONOLITH_DATABASE_URL', "the monolith's database: a SQLite path")
  const serviceUrl = required(env, 'USERS_DATABASE_URL', "the users service's database: a SQLite path")
  const legacy = await openSyncDatabase(legacyUrl, { variable: 'MONOLITH_DATABASE_URL' })
  try {
    await prepareSchema(serviceUrl)
    const service = await openSyncDatabase(serviceUrl, { variable: 'USERS_DATABASE_URL' })
    return buildSync({ manifest: capability, legacy, service, holder: `${hostname()}:${process.pid}` })
  } catch (error) {
    await legacy.close()
    throw error
  }
}

/** The worker may start before the service: whoever is first makes the schema. */
async function prepareSchema(url: string): Promise<void> {
  const { db } = await openDatabase(url)
  await db.destroy()
}

async function health(env: Environment, sync: Sync): Promise<readonly Held[]> {
  if (!env.USERS_SYNC_PORT) return []
  const app = buildHealthApp(sync)
  const port = portFrom(env, 'USERS_SYNC_PORT', 0)
  await listen(app, { host: env.USERS_HOST || '127.0.0.1', port, variable: 'USERS_SYNC_PORT' })
  return [{ name: 'health', close: () => app.close() }]
}

function edgesFrom(env: Environment): EdgeReports | undefined {
  const urls = (env.BANYAN_EDGES ?? '').split(/[\s,]+/).filter((url) => url !== '')
  const wrong = urls.find((url) => !URL.canParse(url))
  if (wrong !== undefined)
    throw new Fault('variable-invalid', `BANYAN_EDGES names "${wrong}", which is no URL`, {
      hint: 'give admin addresses, as http://127.0.0.1:8081, with commas between them',
      exitCode: exitCodes.invalidConfig,
    })
  if (urls.length === 0) return undefined
  const file = required(env, 'BANYAN_ADMIN_TOKEN_FILE', "the file with the edge's admin token, .banyan/admin-token")
  return buildEdgeReports({ urls, readToken: async () => (await readFile(file, 'utf8')).trim(), capability: 'users' })
}

function stopOnSignal(log: DrainLog): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(exitCodes.unexpected)
      log.info({ signal }, 'draining')
      stop.abort()
    })
  }
  return stop.signal
}

run(process.env).catch((error: unknown) => failStart(process, 'users-sync', error))
