import { join } from 'node:path'
import { type Clock, instant, systemClock } from '@banyan/toolkit/base'
import { readRouteTable, revisionOf } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'
import { buildAdminServer } from '../admin/admin-server.ts'
import { stateSecret } from '../admin/state-secret.ts'
import type { Edge, EdgeOptions } from '../edge.ts'
import { trackConnections } from '../listener/connections.ts'
import { drainBoundMs } from '../listener/drain.ts'
import { listen } from '../listener/listen.ts'
import { steadyClock } from '../passage/steady-clock.ts'
import { buildRouteTableReader } from '../route-table/route-table-reader.ts'
import type { Reloaded } from '../route-table/route-table-source.ts'
import { watchFile } from '../route-table/watch-file.ts'
import { buildEdgeLog } from '../settle/access-log.ts'
import { type AskWorker, buildAskWorker } from './ask-worker.ts'
import { buildChanges, type Changes } from './changes.ts'
import { controlRoutes } from './control-plane.ts'
import { crewMetrics } from './crew-metrics.ts'
import { buildInTurn } from './in-turn.ts'
import { ordersOf, prepare, tellOthers } from './join-worker.ts'
import { buildReads, type Reads } from './reads.ts'
import type { Reload } from './reload-all.ts'
import { sayReload, sayStillRefused } from './say-reload.ts'
import { buildStandingOfWorkers, type StandingOfWorkers } from './standing-of-workers.ts'
import { buildStreams, type Streams } from './streams.ts'
import { buildTold } from './told.ts'
import { buildWorkerCrew, type WorkerCrew } from './worker-crew.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

/** What can be sent to a worker of an edge's options, and what its primary does itself. */
export type EdgeOfWorkersOptions = Pick<
  EdgeOptions,
  'routesFile' | 'stateDir' | 'listen' | 'admin' | 'tls' | 'log' | 'drainMs'
> & {
  /** How many processes, 2 at least: one for each core that the edge may use. */
  readonly workers: number
  /** The environment's `NODE_OPTIONS`: where they say nothing of the young generation, workers get a small one. */
  readonly nodeOptions: string | undefined
}

/** An edge of several processes behind one port. */
export interface EdgeOfWorkers extends Omit<Edge, 'leave'> {
  /** Replaces the workers one by one, for a new release, certificate or environment; connections are not cut. */
  roll(): Promise<void>
}

/**
 * Builds an edge whose workers each are a whole edge; this process, the primary, keeps the listening socket and has the one admin
 * listener: it asks all workers, adds up what they say, and answers a change when all have made it. Nothing runs before `listen`.
 */
export function buildEdgeOfWorkers(options: EdgeOfWorkersOptions): EdgeOfWorkers {
  let open: OpenEdgeOfWorkers | undefined
  const opened = () => {
    if (open === undefined) throw new Error('the edge does not listen')
    return open
  }
  return {
    listen: async () => {
      open = await openEdgeOfWorkers(options)
    },
    close: () => opened().close(),
    reload: () => opened().reload(),
    roll: () => opened().roll(),
    get address() {
      return open?.address ?? ''
    },
    get adminAddress() {
      return open?.adminAddress ?? ''
    },
  }
}

type OpenEdgeOfWorkers = Omit<EdgeOfWorkers, 'listen'>

async function openEdgeOfWorkers(options: EdgeOfWorkersOptions): Promise<OpenEdgeOfWorkers> {
  const inside = await buildInside(options)
  const { crew, changes, log, streams } = inside
  const address = await crew.start().catch((error: unknown) => {
    inside.client.close()
    throw error
  })
  await inside.standing.follow(inside.live())
  const admin = await openAdmin(inside, address).catch(async (error: unknown) => {
    await crew.close()
    await streams.finish()
    await inside.standing.close()
    inside.client.close()
    throw error
  })
  const watcher = await watchFile(options.routesFile, () => void followFile(inside))
  // What changed while the workers started nobody has seen.
  await followFile(inside)
  log.info({ listen: address, admin: admin.address, workers: options.workers }, 'edge listens')
  return {
    address,
    adminAddress: admin.address,
    reload: async () => reloadedOf(await changes.reloadNow(), inside.live()),
    roll: async () => {
      const reload = await changes.reloadNow()
      sayReload(reload, log)
      sayStillRefused(reload, log)
      await crew.roll()
    },
    close: async () => {
      inside.drain()
      await watcher.close()
      const drained = await crew.close()
      await streams.finish()
      await inside.standing.close()
      await admin.close()
      inside.client.close()
      log.info({ cut: drained.cut, tunnels: drained.tunnels }, 'edge closed')
      return drained
    },
  }
}

interface Inside {
  readonly options: EdgeOfWorkersOptions
  readonly token: string
  readonly startedAt: string
  readonly clock: Clock
  readonly log: Logger
  readonly client: AskWorker
  readonly crew: WorkerCrew
  readonly changes: Changes
  readonly reads: Reads
  readonly streams: Streams
  readonly standing: StandingOfWorkers
  live(): string
  draining(): boolean
  drain(): void
  /** Where clients come in; known once it is open. */
  listensAt(address: string): void
}

async function buildInside(options: EdgeOfWorkersOptions): Promise<Inside> {
  const clock = steadyClock(systemClock)
  const log = buildEdgeLog(options.log, { rule: () => ({ percent: 100 }), dice: () => 0 }).messages
  const token = await stateSecret(join(options.stateDir, 'admin-token'))
  // Says what is wrong with the file before any process is started.
  const reader = buildRouteTableReader()
  let { text } = await readRouteTable(options.routesFile, reader.parse).finally(() => reader.close())
  let draining = false
  let address = ''
  const startedAt = instant(clock)
  const clockOffsetMs = clock.now() - Number(process.hrtime.bigint() / 1_000n) / 1_000
  const client = buildAskWorker(token)
  const told = buildTold(clock)
  const inTurn = buildInTurn()
  const workers = () => crew.members()
  const streams = buildStreams(workers, client)
  const vaultKeyFile = join(options.stateDir, 'vault-key')
  const standing = buildStandingOfWorkers({ routesFile: options.routesFile, vaultKeyFile, streams, clock, log })
  const reads = buildReads({
    workers,
    client,
    own: async () => ({
      ...{ startedAt, now: instant(clock), listen: address, draining, refused: changes.refused() },
      recording: await standing.status(),
      logLinesLost: options.log.lost?.() ?? 0,
      workers: { wanted: options.workers, running: workers().map(runningOf), ...crew.counts() },
    }),
    since: () => crew.counts().lastCrash ?? startedAt,
    metrics: () => crewMetrics(crew.counts(), { running: workers().length, logLinesLost: options.log.lost?.() ?? 0 }),
  })
  const changes = buildChanges({
    ...{ routesFile: options.routesFile, workers, client, inTurn, told },
    draining: () => draining,
    live: () => text,
    wentLive: async (next) => {
      text = next
      await standing.follow(next)
      await reads.keep()
    },
  })
  const crew: WorkerCrew = buildWorkerCrew({
    ...{ size: options.workers, drainMs: options.drainMs ?? drainBoundMs, clock, log, changes: inTurn },
    fork: () =>
      startWorkerProcess({
        ...{ log: options.log, nodeOptions: options.nodeOptions },
        heard: (news, from) => tellOthers(workers(), news, from),
      }),
    orders: () => ordersOf(options, text, clockOffsetMs),
    prepare: (worker) => prepare(worker, { told, client, streams, log }),
    leaving: (worker) => reads.last(worker),
    gone: (worker) => reads.gone(worker),
    holds: told.holds,
  })
  return {
    ...{ options, token, startedAt, clock, log, client, crew, changes, reads, streams, standing },
    live: () => text,
    draining: () => draining,
    drain: () => {
      draining = true
    },
    listensAt: (at) => {
      address = at
    },
  }
}

async function openAdmin(inside: Inside, address: string) {
  inside.listensAt(address)
  const { crew, token, options } = inside
  const server = buildAdminServer(token, controlRoutes({ ...inside, workers: () => crew.members() }))
  const connections = trackConnections(server)
  const at = await listen(server, options.admin, 'ADMIN_PORT')
  return {
    address: at,
    close: async () => {
      const ended = connections.stopAccepting()
      connections.endAll()
      await ended
    },
  }
}

async function followFile(inside: Inside): Promise<void> {
  try {
    sayReload(await inside.changes.reloadNow(), inside.log)
  } catch (error) {
    inside.log.error({ err: error }, 'the route table could not be reloaded')
  }
}

function reloadedOf(reload: Reload, live: string): Reloaded {
  switch (reload.kind) {
    case 'live':
      return { ok: true, revision: reload.revision }
    case 'refused':
      return { ok: false, ...reload.answer }
    case 'not-all': {
      const why = reload.fanned.kind === 'silent' ? reload.fanned.why : reload.fanned.refusal.text
      return { ok: false, code: 'route-table-invalid', problems: [why], revision: revisionOf(live) }
    }
    default: {
      const never: never = reload
      return never
    }
  }
}

function runningOf({ pid, startedAt }: WorkerProcess) {
  return { pid, startedAt }
}
