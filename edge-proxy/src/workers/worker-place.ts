import type { EdgeLimits, RouteTable } from '@banyan/toolkit/routing'
import type { OpenedByPrimary } from '../route-table/route-table-source.ts'
import type { Peers } from './peers.ts'

/** What an edge is told that is one worker of several. */
export interface WorkerPlace {
  /** The content of the route table's file that is live in the others. */
  readonly text: string
  readonly peers: Peers
  /** Called when its admin listener answers; resolves when it may let clients in. */
  prepared(adminAddress: string): Promise<void>
}

/** How one worker opens its route table: with its share of what the edge may take at once. */
export function ofOneWorker({ text, peers }: WorkerPlace): OpenedByPrimary {
  return { text, adapt: (table) => ({ ...table, limits: shareOfLimits(table.limits, peers.workers) }) as RouteTable }
}

/** Of counts a share, rounded up, so that nothing is shared out to nobody; what bounds a process or a client stays. Pure. */
function shareOfLimits(limits: EdgeLimits, workers: number): EdgeLimits {
  const share = (total: number) => Math.ceil(total / workers)
  return {
    ...limits,
    maxConnections: share(limits.maxConnections),
    maxConnectionsPerAddress: share(limits.maxConnectionsPerAddress),
    maxInFlight: share(limits.maxInFlight),
  }
}
