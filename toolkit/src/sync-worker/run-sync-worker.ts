import { exitCodes } from '../base/index.ts'
import type { CapabilityManifest, Recovered, Sync } from '../data-sync/index.ts'
import {
  buildLog,
  type DrainLog,
  drain,
  type Environment,
  type FailingProcess,
  failStart,
  type Held,
  listen,
  portFrom,
  type SignalSource,
} from '../service-kit/index.ts'
import { buildCutoverEdges } from './edges/cutover-edges.ts'
import { buildEdgeReports } from './edges/edge-reports.ts'
import { edgesFrom } from './edges-from.ts'
import { buildHealthApp } from './health-app.ts'
import { openWorkerSync } from './open-worker-sync.ts'
import { buildProgressLog } from './progress-log.ts'
import { type WorkerNames, workerNames } from './worker-names.ts'

/** What is particular to one capability's worker. */
export interface SyncWorker {
  readonly manifest: CapabilityManifest
  /** Brings the schema of the service's database up to date, given its URL. */
  readonly prepareSchema: (url: string) => Promise<void>
}

/** The part of `process` that a worker needs, handed in by `main.ts`. */
export interface WorkerProcess extends SignalSource, FailingProcess {
  readonly env: Environment
  readonly pid: number
  exitCode?: number | string | null | undefined
}

/**
 * The whole life of a capability's sync worker: opens both databases as the environment says, tells its health, copies and follows in the
 * direction that the owner demands, reports to the edges, recovers a cutover whose coordinator was lost, and drains at SIGTERM or SIGINT.
 * Resolves when it has ended; a start that fails is said on stderr, with the fault's exit code.
 *
 * It reads `MONOLITH_DATABASE_URL`, `<NAME>_DATABASE_URL`, `<NAME>_SYNC_PORT`, `<NAME>_HOST`, `BANYAN_EDGES`, `BANYAN_ADMIN_TOKEN_FILE`.
 *
 * @example
 * await runSyncWorker({ manifest: capability, prepareSchema }, process)
 */
export async function runSyncWorker(worker: SyncWorker, host: WorkerProcess): Promise<void> {
  const names = workerNames(worker.manifest.name)
  try {
    await live(worker, names, host)
  } catch (thrown) {
    failStart(host, names.service, thrown)
  }
}

async function live({ manifest, prepareSchema }: SyncWorker, names: WorkerNames, host: WorkerProcess): Promise<void> {
  const { env, pid } = host
  const log = buildLog(names.service)
  const edges = edgesFrom(env, manifest.name)
  const sync = await openWorkerSync({ manifest, names, env, prepareSchema, pid })
  const held: Held[] = [{ name: 'databases', close: () => sync.close() }]
  try {
    held.push(...(await health(sync, names, env)))
    const signal = stopOnSignal(host, log)
    log.info({ edges: edges?.urls ?? [] }, 'sync worker begins')
    const asked = edges && { appliedThrough: buildEdgeReports(edges), edges: buildCutoverEdges(edges) }
    await sync.work({ signal, wait: true, onProgress: buildProgressLog(log), onRecovered: sayRecovered(log), ...asked })
  } finally {
    const clean = await drain(held, { log })
    if (!clean) host.exitCode = exitCodes.unexpected
  }
}

function sayRecovered(log: DrainLog): (recovered: Recovered) => void {
  return ({ id, to, outcome, owner, epoch, coordinator, hold }) =>
    log.info({ id, to, outcome, owner, epoch, coordinator, hold }, 'ended a cutover whose coordinator was lost')
}

async function health(sync: Sync, names: WorkerNames, env: Environment): Promise<readonly Held[]> {
  if (!env[names.port]) return []
  const app = buildHealthApp(sync)
  const port = portFrom(env, names.port, 0)
  await listen(app, { host: env[names.host] || '127.0.0.1', port, variable: names.port })
  return [{ name: 'health', close: () => app.close() }]
}

/** A second signal ends the process at once. */
function stopOnSignal(host: SignalSource, log: DrainLog): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    host.on(signal, () => {
      if (stop.signal.aborted) host.exit(exitCodes.unexpected)
      log.info({ signal }, 'draining')
      stop.abort()
    })
  }
  return stop.signal
}
