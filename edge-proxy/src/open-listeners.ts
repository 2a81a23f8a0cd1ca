import type { Server } from 'node:http'
import { type Clock, instant } from '@banyan/toolkit/base'
import { adminRoutes } from './admin/admin-routes.ts'
import { buildAdminServer } from './admin/admin-server.ts'
import { statusOf } from './admin/edge-status.ts'
import type { StatusInParts } from './admin/status-text.ts'
import type { Assembled } from './assemble.ts'
import type { EdgeOptions } from './edge.ts'
import type { Epochs } from './hold/epochs.ts'
import { limitsStatus } from './limits/limits-status.ts'
import { trackConnections } from './listener/connections.ts'
import { listen } from './listener/listen.ts'
import { addListenerMetrics } from './listener/listener-metrics.ts'
import { type OpenPublic, openPublic } from './listener/open-public.ts'
import type { RouteTableSource } from './route-table/route-table-source.ts'
import type { Stats } from './settle/stats.ts'

/** An edge that is put together, and about to listen. */
export interface Held {
  readonly options: EdgeOptions
  readonly token: string
  readonly source: RouteTableSource
  readonly stats: Stats
  readonly assembled: Assembled
  readonly startedAt: string
  readonly clock: Clock
  readonly epochs: Epochs
  draining(): boolean
}

/**
 * Opens both listeners; nothing remains open when one cannot be. A worker answers the primary first, and lets clients in once it
 * knows what the others know.
 */
export async function openListeners(held: Held) {
  const { assembled, options, stats } = held
  let opened: OpenPublic | undefined
  const adminServer = buildAdmin(held, () => opened)
  const adminConnections = trackConnections(adminServer)
  const openOutside = async () => {
    const open = await openPublic(assembled.parts, { at: options.listen, tls: options.tls })
    opened = open
    addListenerMetrics(stats, open)
    return open
  }
  if (options.worker !== undefined) {
    const adminAddress = await listen(adminServer, options.admin, 'ADMIN_PORT')
    await options.worker.prepared(adminAddress)
    return { open: await openOutside(), adminConnections, adminAddress }
  }
  const open = await openOutside()
  const adminAddress = await listen(adminServer, options.admin, 'ADMIN_PORT').catch(async (error: unknown) => {
    open.connections.endAll()
    await open.connections.stopAccepting()
    await open.close()
    throw error
  })
  return { open, adminConnections, adminAddress }
}

function buildAdmin(held: Held, opened: () => OpenPublic | undefined): Server {
  const { source, stats, startedAt, clock, epochs, draining, assembled, options } = held
  const { parts, tally, probes } = assembled
  const routes = adminRoutes({
    ...{ source, stats, tally, probes, startedAt, clock, epochs, draining },
    ...{ recorders: parts.recorders, applied: parts.applied, holds: parts.holds, observers: parts.observers },
    status: async () => {
      const recording = await parts.recorders.standing()
      const counted = statusOf(source.current(), { ...parts, stats, disagreements: source.disagreements() })
      const about: StatusInParts['about'] = {
        ...{ formatVersion: 1, startedAt, now: instant(clock), listen: opened()?.address ?? '', draining: draining() },
        ...{ file: options.routesFile, refused: source.refused(), recording },
        ...{ shadow: parts.shadow.stats(), shadows: probes.proofs() },
        limits: limitsStatus({
          ...{ limits: parts.limits, rule: source.current().limits, connections: opened()?.open() ?? 0 },
          inFlight: parts.inFlight.count(),
        }),
        ...counted.about,
      }
      return { about, routes: counted.routes }
    },
  })
  return buildAdminServer(held.token, routes)
}
