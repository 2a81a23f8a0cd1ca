import type { Observers } from '../observe/observers.ts'
import type { InFlight, Running } from '../passage/in-flight.ts'
import type { Recorders } from '../settle/recording.ts'
import type { Connections } from './connections.ts'

/** How long a drain waits for requests in flight, in ms. */
export const drainBoundMs = 10_000

/** What had not ended within the bound, and was cut. */
export interface Drained {
  readonly cut: readonly Running['request'][]
  /** Upgraded connections, which nobody can wait for: they may last for days. */
  readonly tunnels: number
}

/** How many of the requests that were cut are named. */
const namedCuts = 10

/** What a drain had to cut, in a line for people; undefined when it was nothing. */
export function formatCut({ cut, tunnels }: Drained): string | undefined {
  if (cut.length === 0) return undefined
  const named = cut.slice(0, namedCuts).map(({ id, method, path }) => `${method} ${path.slice(0, 100)} (${id})`)
  const more = cut.length > namedCuts ? ` and ${cut.length - namedCuts} more` : ''
  const closed = tunnels === 0 ? '' : `; closed ${tunnels} upgraded connection${tunnels === 1 ? '' : 's'}`
  return `cut ${cut.length} request${cut.length === 1 ? '' : 's'} that did not end in time: ${named.join(', ')}${more}${closed}`
}

/** What of an edge is brought to an end. */
export interface Drainable {
  readonly publicConnections: Connections
  readonly adminConnections: Connections
  readonly inFlight: InFlight
  readonly recorders: Recorders
  readonly observers: Pick<Observers, 'close'>
  /** Ends upgraded connections, which no request count knows; says how many. */
  closeTunnels(): number
}

/**
 * Stops accepting, lets what is in flight end within `boundMs`, and cuts the rest. The admin listener answers
 * until the end, so that readiness can say "draining", and recordings and taps get their last lines.
 */
export async function drain(edge: Drainable, boundMs: number): Promise<Drained> {
  const { publicConnections, adminConnections, inFlight, recorders, observers } = edge
  const publicEnd = publicConnections.stopAccepting()
  publicConnections.endIdle(inFlight.isBusy)
  const tunnels = edge.closeTunnels()
  await inFlight.idle(boundMs)
  const cut = inFlight.running().map(({ request: { id, method, path } }) => ({ id, method, path }))
  publicConnections.endAll()
  await publicEnd
  await Promise.all([recorders.close(), observers.close()])
  const adminEnd = adminConnections.stopAccepting()
  adminConnections.endAll()
  await adminEnd
  return { cut, tunnels }
}
