import { join } from 'node:path'
import { type Clock, instant, systemClock } from '@banyan/toolkit/base'
import type { Tally } from '@banyan/toolkit/compare'
import type { RouteTable } from '@banyan/toolkit/routing'
import { stateSecret } from './admin/state-secret.ts'
import { assemble } from './assemble.ts'
import { buildEpochs } from './hold/epochs.ts'
import type { Identify } from './identity/identify.ts'
import type { CertificateFiles } from './listener/certificate.ts'
import { type Drained, drain, drainBoundMs } from './listener/drain.ts'
import { leave } from './listener/leave.ts'
import type { ListenAddress } from './listener/listen.ts'
import { type Held, openListeners } from './open-listeners.ts'
import { steadyClock } from './passage/steady-clock.ts'
import {
  openRouteTable,
  type Reloaded,
  type RouteTableListener,
  stillRefused,
} from './route-table/route-table-source.ts'
import { buildEdgeLog, type LogDestination } from './settle/access-log.ts'
import { liveArms } from './settle/live-arms.ts'
import { buildStats } from './settle/stats.ts'
import { sayShadowedWrites } from './shadow/say-writes.ts'
import { type Lookup, systemLookup } from './upstream/policy/names.ts'
import { ofOneWorker, type WorkerPlace } from './workers/worker-place.ts'

export { certificateFiles } from './listener/certificate.ts'
export { formatCut } from './listener/drain.ts'
export { buildEdgeOfWorkers, type EdgeOfWorkers, type EdgeOfWorkersOptions } from './workers/edge-of-workers.ts'

/** What an edge is made of. */
export interface EdgeOptions {
  readonly routesFile: string
  /** Holds `admin-token` and `redaction-key`; made when absent. */
  readonly stateDir: string
  readonly listen: ListenAddress
  /** Serves HTTPS with this certificate, whatever the route table's `listen.tls` says. */
  readonly tls?: CertificateFiles | undefined
  /** Who requests come from, as proven. Default: nobody is identified. */
  readonly identify?: Identify
  /** Loopback only. */
  readonly admin: ListenAddress
  /** Gets one JSON line per request and message; `openLogDestination` makes one of a file descriptor. */
  readonly log: LogDestination
  readonly clock?: Clock
  /** A number from 0 to below 1, for each request's shadow share. Default Math.random. */
  readonly dice?: () => number
  /** How the names of upstreams are resolved. Default: as the machine does it. */
  readonly lookup?: Lookup
  /** How long a close waits for requests in flight. Default 10 000. */
  readonly drainMs?: number
  /** One worker of an edge of several; undefined: the edge is this process alone. */
  readonly worker?: WorkerPlace
}

/** An edge: it may listen once, and must then be closed. */
export interface Edge {
  /**
   * Reads the route table and opens both listeners. Throws the Faults of `readRouteTable` and `stateSecret`, and
   * `port-taken`; nothing half-started remains then.
   */
  listen(): Promise<void>
  /**
   * Takes no new connections, and lets those that it has go with their next answer. Resolves when none is left, or after
   * `boundMs`; the admin listener stays.
   */
  leave(boundMs: number): Promise<void>
  /** Drains within the bound, then closes; says what it had to cut. */
  close(): Promise<Drained>
  /** Reads the route table's file, and the certificate's, now. */
  reload(): Promise<Reloaded>
  /** URL of the public listener, without a trailing slash; empty before `listen`. */
  readonly address: string
  /** URL of the admin listener; empty before `listen`. */
  readonly adminAddress: string
}

/**
 * Builds an edge; nothing is opened before `listen`.
 *
 * @example
 * const edge = buildEdge({ routesFile, stateDir: '.banyan', listen, admin, log: pino.destination(1) })
 * await edge.listen()
 */
export function buildEdge(options: EdgeOptions): Edge {
  let open: OpenEdge | undefined
  const opened = () => {
    if (open === undefined) throw new Error('the edge does not listen')
    return open
  }
  return {
    listen: async () => {
      open = await openEdge(options)
    },
    leave: (boundMs) => opened().leave(boundMs),
    close: () => opened().close(),
    reload: () => opened().reload(),
    get address() {
      return open?.address ?? ''
    },
    get adminAddress() {
      return open?.adminAddress ?? ''
    },
  }
}

type OpenEdge = Omit<Edge, 'listen'>

async function openEdge(options: EdgeOptions): Promise<OpenEdge> {
  const { stateDir, dice = Math.random, lookup = systemLookup } = options
  const clock = steadyClock(options.clock ?? systemClock)
  const log = buildEdgeLog(options.log, { rule: () => source.current().accessLog, dice })
  const token = await stateSecret(join(stateDir, 'admin-token'))
  const redactionKey = Buffer.from(await stateSecret(join(stateDir, 'redaction-key')), 'base64url')
  const stats = buildStats()
  let ownerMoved: (capability: string) => void = () => undefined
  let followLimits: (table: RouteTable) => void = () => undefined
  let followRecording: (table: RouteTable) => void = () => undefined
  let followUpstreams: (table: RouteTable) => void = () => undefined
  let keepTallies: Tally['keep'] = () => undefined
  const listener: RouteTableListener = {
    swapped: (table, before) => {
      stats.keep(liveArms(table))
      keepTallies((route) => table.index.names.has(route))
      log.messages.info({ revision: table.revision, before: before.revision }, 'route table live')
      sayShadowedWrites(log.messages, table, before)
      for (const capability of movedOwners(table, before)) ownerMoved(capability)
      followRecording(table)
      followUpstreams(table)
      followLimits(table)
    },
    disagrees: (capability, why) =>
      log.messages.error({ capability, why }, 'the route table disagrees about the owner'),
    refused: (problems) => log.messages.error({ problems }, 'route table refused; the last good one stays live'),
  }
  const { worker } = options
  const source = await openRouteTable(options.routesFile, listener, worker && ofOneWorker(worker))
  let leaving = false
  let draining = false
  const epochs = buildEpochs()
  const vaultKeyFile = join(stateDir, 'vault-key')
  const foundations = {
    clock,
    dice,
    lookup,
    log,
    stats,
    source,
    redactionKey,
    vaultKeyFile,
    epochs,
    draining: () => draining || leaving,
  }
  const assembled = assemble({ ...foundations, identify: options.identify, peers: worker?.peers })
  const closeInside = async () => {
    assembled.close()
    await source.close()
  }
  const held: Held = {
    options,
    token,
    source,
    stats,
    assembled,
    startedAt: instant(clock),
    clock,
    epochs,
    draining: () => draining,
  }
  const listeners = await openListeners(held).catch(async (error: unknown) => {
    await closeInside()
    throw error
  })
  const { adminAddress, open } = listeners
  const { address } = open
  ownerMoved = open.closeTunnels
  followLimits = open.follow
  followRecording = assembled.parts.recorders.follow
  followRecording(source.current())
  keepTallies = assembled.tally.keep
  followUpstreams = assembled.parts.upstreams.follow
  followUpstreams(source.current())
  sayShadowedWrites(log.messages, source.current())
  log.messages.info({ listen: address, admin: adminAddress, revision: source.current().revision }, 'edge listens')
  const drainable = {
    ...assembled.parts,
    ...listeners,
    publicConnections: open.connections,
    closeTunnels: open.closeTunnels,
  }
  return {
    address,
    adminAddress,
    reload: async () => {
      await open.reload()
      const known = source.refused()
      const reloaded = await source.reload()
      // Each content is said once: who asks by a signal is answered all the same.
      if (!reloaded.ok && source.refused() === known) log.messages.error({ problems: reloaded.problems }, stillRefused)
      return reloaded
    },
    leave: (boundMs) => {
      leaving = true
      return leave({ connections: open.connections, inFlight: assembled.parts.inFlight }, boundMs)
    },
    close: async () => {
      draining = true
      assembled.parts.holds.stop()
      const drained = await drain(drainable, options.drainMs ?? drainBoundMs)
      await open.close()
      await closeInside()
      log.messages.info({ cut: drained.cut, tunnels: drained.tunnels }, 'edge closed')
      return drained
    },
  }
}

function movedOwners(table: RouteTable, before: RouteTable): readonly string[] {
  return [...table.capabilities.values()]
    .filter(({ name, owner }) => before.capabilities.get(name)?.owner !== owner)
    .map(({ name }) => name)
}
