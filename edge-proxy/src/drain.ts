import type { Server } from 'node:http'
import type { InFlight, Running } from './in-flight.ts'

/** How long a drain waits for requests in flight, in ms. */
export const drainBoundMs = 10_000

const adminBoundMs = 2_000

/** What had not ended within the bound, and was cut. */
export interface Drained {
  readonly cut: readonly Running[]
}

/** The listeners of an edge and its tunnels. */
export interface Drainable {
  readonly publicServer: Server
  readonly adminServer: Server
  /** Ends upgraded connections, which no request count knows. */
  closeTunnels(): void
}

/**
 * Stops accepting, lets what is in flight end within `boundMs`, and cuts the rest. The admin listener answers
 * until the end, so that readiness can say "draining".
 */
export async function drain(edge: Drainable, inFlight: InFlight, boundMs: number): Promise<Drained> {
  const closed = new Promise<void>((resolve) => edge.publicServer.close(() => resolve()))
  edge.publicServer.closeIdleConnections()
  edge.closeTunnels()
  await inFlight.idle(boundMs)
  const cut = inFlight.running().map(({ id, method, path }) => ({ id, method, path }))
  edge.publicServer.closeAllConnections()
  await closed
  await closeAdmin(edge.adminServer)
  return { cut }
}

/** A recording that is being streamed gets a moment for its last lines. */
async function closeAdmin(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => server.closeAllConnections(), adminBoundMs)
  await closed
  clearTimeout(cut)
}
