import type { Readable } from 'node:stream'
import type { Upstream } from '@banyan/toolkit/routing'
import type { SendingNotes } from './sending-notes.ts'

/** What is sent upstream. Header lines are flat (`[name, value, ...]`) and complete, framing included. */
export interface UpstreamRequest {
  readonly upstream: Upstream
  readonly url: URL
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly string[]
  /** Undefined when the request has none. It is read only as fast as the upstream takes it. */
  readonly body: Readable | undefined
  /** Written while it is sent, by the sender and by policies; undefined where nobody asks. */
  readonly notes?: SendingNotes | undefined
}

/** An upstream's answer, its head read. Header lines are flat, as they stood on the wire. */
export interface UpstreamAnswer {
  readonly ok: true
  readonly status: number
  readonly reason: string
  readonly headers: readonly string[]
  /** Ends only when the answer is whole; a cut answer is an `error`, or a `close` without `end`. */
  readonly body: Readable
  /** Whether the request's body had been sent whole when the answer began. */
  readonly requestSent: () => boolean
}

/** What can go wrong until the answer's head is read, split by whose fault it is and when it happens. */
export type FaultKind =
  /** No connection: refused, unknown name, TLS failure. Nothing was sent. */
  | 'upstream-unreachable'
  | 'upstream-connect-timeout'
  /** The connection ended after something may have been sent, before the answer's head. */
  | 'upstream-closed'
  | 'upstream-timeout'
  /** The answer's head is no HTTP, or has a status outside 200 to 599. */
  | 'upstream-invalid'
  /** The client stopped sending its body for as long as an upstream may take. */
  | 'client-slow'
  /** The client left. */
  | 'client-gone'

/** The upstream gave no answer; `detail` names the cause for operators, without anything of the request. */
export interface UpstreamFault {
  readonly ok: false
  readonly fault: FaultKind
  readonly detail: string
}

/** A request on its way. */
export interface Sending {
  /** Resolves with the answer's head or a fault; never rejects. */
  readonly answer: Promise<UpstreamAnswer | UpstreamFault>
  /** Nobody waits any more: what runs upstream is ended. After a whole answer it does nothing. */
  leave(): void
}

/**
 * The port of the sending side. All HTTP client code stands behind it, so that the client can be replaced
 * without touching what matches, decides, forwards, shadows or records.
 */
export interface Sender {
  /** Sends one request. */
  send(request: UpstreamRequest): Sending
  /** Ends idle connections and stops keeping new ones. */
  close(): void
}
