import type { Readable } from 'node:stream'
import type { Upstream } from '@banyan/toolkit/routing'
import type { SendingNotes } from './sending-notes.ts'

/** How long one attempt may take, in ms; `Infinity` sets no bound. They are kept with a slack of a tenth of a second. */
export interface Timeouts {
  /** Until the connection stands, TLS included. */
  readonly connectMs: number
  /** Until the answer's head is read; each part of the request's body that goes out begins it anew. */
  readonly headerMs: number
  /** Between two parts of the answer's body, while its reader waits for them. */
  readonly idleMs: number
  /** For everything, until the answer's last byte. */
  readonly totalMs: number
}

/** How many connections one address of an upstream gets, and who may wait for one. */
export interface ConnectionLimits {
  readonly maxConnections: number
  /** More requests than that do not wait, they are `upstream-busy` at once. */
  readonly maxWaiting: number
  /** In ms; who waited for so long is `upstream-busy` too. */
  readonly maxWaitMs: number
}

/** What is sent upstream. Header lines are flat (`[name, value, ...]`) and complete, framing included. */
export interface UpstreamRequest {
  readonly upstream: Upstream
  readonly url: URL
  /** An IP address to connect to instead of asking for that of the URL's host; TLS still proves the name. */
  readonly address?: string | undefined
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly string[]
  /** Undefined when the request has none. A stream is read only as fast as the upstream takes it. */
  readonly body: Readable | Buffer | undefined
  /** Trailer lines, flat; asked for when a chunked body has been read to its end. */
  readonly trailers?: (() => readonly string[]) | undefined
  /** Default: `defaultTimeouts` of the upstream. */
  readonly timeouts?: Timeouts | undefined
  /** Default: `defaultLimits`. */
  readonly limits?: ConnectionLimits | undefined
  /** Called once, when a connection stands and the body is about to be read: the moment for 100 Continue. */
  readonly bodyWanted?: (() => void) | undefined
  /** Called for each 103 Early Hints (RFC 8297) that comes before the answer. */
  readonly informed?: ((status: number, headers: readonly string[]) => void) | undefined
  /**
   * Called once, when the attempt is over: with its fault, also one that cut the answer's body; with undefined when
   * the answer was read whole, or nobody wanted its rest.
   */
  readonly over?: ((fault: UpstreamFault | undefined) => void) | undefined
  /** Written while it is sent, by the sender and by policies; undefined where nobody asks. */
  readonly notes?: SendingNotes | undefined
}

/** What takes an answer's body. */
export interface BodyReader {
  /** The bytes belong to the reader and are not written over, unless it says `giveBack`. */
  part(bytes: Buffer): void
  /** The body is whole. */
  ended(): void
  /** The body ended before it was whole. Exactly one of both comes, once, and nothing after it. */
  cut(fault: UpstreamFault): void
}

/** An answer's body, which one reader takes. */
export interface AnswerBody {
  /** All of it, when it came together with the head; undefined: some of it is still on its way. */
  readonly whole: Buffer | undefined
  /** Gives it to `reader`, once; a body that is whole at once. Until then its upstream is held back. */
  readBy(reader: BodyReader): void
  /** Holds the upstream back; what has been read already may still come. */
  pause(): void
  resume(): void
  /** Nobody wants the rest: its connection ends, and the reader hears nothing more. Nothing after a whole body. */
  drop(): void
}

/** An upstream's answer, its head read. Header lines are flat, as they stood on the wire (latin1). */
export interface UpstreamAnswer {
  readonly ok: true
  readonly status: number
  readonly reason: string
  readonly headers: readonly string[]
  readonly body: AnswerBody
  /** Trailer lines, flat, as they stood on the wire; complete when the body is. */
  trailers(): readonly string[]
  /** Whether the request's body had been sent whole when the answer began. */
  requestSent(): boolean
}

/** What can go wrong with an attempt, split by whose fault it is and when it happens. */
export type FaultKind =
  /** No connection: refused, unknown name, TLS failure. Nothing was sent. */
  | 'upstream-unreachable'
  | 'upstream-connect-timeout'
  /** All connections that it may have are in use, and the line for them is full or too slow. Nothing was sent. */
  | 'upstream-busy'
  /** Its breaker is open: it failed lately. Nothing was sent. */
  | 'upstream-breaker-open'
  /** The connection ended after something may have been sent, before the answer's head; or within its body. */
  | 'upstream-closed'
  | 'upstream-timeout'
  /** The answer is no HTTP, says in two ways how long it is, or has a status outside 200 to 599. */
  | 'upstream-invalid'
  /** The client stopped sending its body for as long as an upstream may take. */
  | 'client-slow'
  /** The client left. */
  | 'client-gone'
  /** The edge was stopped, and this had not ended within the bound of its drain. */
  | 'edge-closed'

/** The upstream gave no answer; `detail` names the cause for operators, without anything of the request. */
export interface UpstreamFault {
  readonly ok: false
  readonly fault: FaultKind
  readonly detail: string
  /** `nothing`: no byte of the request left, so that it may be sent elsewhere, whatever its method. */
  readonly sent: 'nothing' | 'maybe'
  /** When it may be worth to try again: a breaker that is open. */
  readonly retryAfterMs?: number
}

/** A request on its way. */
export interface Sending {
  /** Resolves with the answer's head or a fault; never rejects. */
  readonly answer: Promise<UpstreamAnswer | UpstreamFault>
  /** Nobody waits any more: what runs upstream is ended. After a whole answer it does nothing. */
  leave(): void
}

/**
 * The port of the sending side: one attempt, on a kept or a new connection. All HTTP client code stands behind it, so
 * that the client can be replaced without touching what matches, decides, forwards, shadows or records.
 */
export interface Sender {
  /**
   * Sends one request. One without a body, and with an idempotent method, that meets a kept connection which the
   * upstream had just closed goes out once more on a new one (RFC 9112, section 9.3.1); nothing else is sent twice.
   */
  send(request: UpstreamRequest): Sending
  /** Ends all connections; what they carry, and who waits for one, fails. */
  close(): void
}

/** How long a connection may take to be made, and the silence within an answer, in ms. */
const connectMs = 5_000
const idleMs = 300_000

/** The time-outs of an upstream for which none are given: its `timeoutMs` until the answer, 5 s to connect, 5 min of silence. */
export function defaultTimeouts({ timeoutMs }: Pick<Upstream, 'timeoutMs'>): Timeouts {
  return { connectMs: Math.min(connectMs, timeoutMs), headerMs: timeoutMs, idleMs, totalMs: Number.POSITIVE_INFINITY }
}

/** The limits of an address for which none are given. */
export const defaultLimits: ConnectionLimits = { maxConnections: 1024, maxWaiting: 1024, maxWaitMs: 5_000 }
