import type { Drained } from '../listener/drain.ts'
import type { ListenAddress } from '../listener/listen.ts'

/** What a worker is told to be: the options of its edge that can be sent to another process. */
export interface WorkerOrders {
  readonly routesFile: string
  readonly stateDir: string
  readonly listen: ListenAddress
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  readonly drainMs: number | undefined
  /** How many workers share what an edge may take. */
  readonly workers: number
  /** The content of the route table's file that is live; its file may hold something else by now. */
  readonly text: string
  /** The edge's time less the machine's monotonic time, in ms: all workers go by one clock. */
  readonly clockOffsetMs: number
}

/** What one worker tells the others, by way of the primary. */
export interface PeerNews {
  /** Who in the edge it is for. */
  readonly topic: string
  readonly value: unknown
}

/** From the primary. */
export type ToWorker =
  | { readonly kind: 'open'; readonly orders: WorkerOrders }
  /** It has been told everything that the others know: it may let clients in. */
  | { readonly kind: 'accept' }
  /** Takes no new connections, and lets those that it has go with their next answer. */
  | { readonly kind: 'leave'; readonly boundMs: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'news'; readonly news: readonly PeerNews[] }
  /** Asks for a sign of life. */
  | { readonly kind: 'alive?' }

/** From a worker. */
export type FromWorker =
  | { readonly kind: 'booted' }
  /** Its edge is put together, and its own admin listener answers. */
  | { readonly kind: 'prepared'; readonly adminAddress: string }
  | { readonly kind: 'accepting'; readonly address: string }
  | { readonly kind: 'failed'; readonly fault: SentFault }
  | { readonly kind: 'left' }
  | { readonly kind: 'closed'; readonly drained: Drained }
  | { readonly kind: 'news'; readonly news: readonly PeerNews[] }
  | { readonly kind: 'alive' }

/** A Fault as it crosses to another process. */
export interface SentFault {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly exitCode: number
}
