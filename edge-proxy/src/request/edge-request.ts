import type { IncomingMessage } from 'node:http'
import { canonicalPath, type RouteRequest } from '@banyan/toolkit/routing'
import { type Identity, nobody } from '../identity/identify.ts'
import { type Client, clientOf, type Trusts, trustsNobody } from './client.ts'
import { type Framing, readFraming } from './framing.ts'
import { isRequestId, newRequestId, viaName } from './identifiers.ts'
import { ambiguous, methodRefused, type Refusal } from './refusal.ts'
import { type TraceContext, traceContext } from './traceparent.ts'

/** A request as the edge understood it: one reading, the same for matching and for sending. */
export interface EdgeRequest extends RouteRequest {
  readonly id: string
  readonly raw: IncomingMessage
  /** Canonical path and the query, byte for byte what the client wrote: what is sent on. */
  readonly target: string
  readonly framing: Framing
  /** The address of the socket's other end. */
  readonly peer: string
  /** Who sent it; where no proxy is trusted, the same as the peer. */
  readonly client: Client
  /** Who it is proven to be; nobody until it has been identified. */
  readonly identity: Identity
  readonly trace: TraceContext
  /** When it arrived: milliseconds since 1970, and of the monotonic clock. */
  readonly at: number
  readonly startedMs: number
}

/** What reading a request gives. `server-wide` is `OPTIONS *`, which no route can take (RFC 9110, section 9.3.7). */
export type RequestReading =
  | { readonly kind: 'request'; readonly request: EdgeRequest }
  | { readonly kind: 'server-wide' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/**
 * Reads a request's head, or says why it has no single meaning. Nothing of the body is touched. Proxies that `trusts` names
 * are believed who the client is; by default none is.
 */
export function readRequest(raw: IncomingMessage, trusts: Trusts = trustsNobody): RequestReading {
  const framing = readFraming(raw)
  if ('code' in framing) return { kind: 'refused', refusal: framing }
  if (raw.url === '*' && raw.method === 'OPTIONS') return { kind: 'server-wide' }
  const target = originForm(raw)
  if (typeof target !== 'string') return { kind: 'refused', refusal: target }
  const canonical = canonicalPath(target)
  if (!canonical.ok) return { kind: 'refused', refusal: ambiguous('path-refused', canonical.reason) }
  const refusal = refuseMethod(raw) ?? refuseExpectation(raw) ?? refuseLoop(raw)
  if (refusal !== undefined) return { kind: 'refused', refusal }
  const queryAt = target.indexOf('?')
  const sent = queryAt < 0 ? canonical.path : canonical.path + target.slice(queryAt)
  return {
    kind: 'request',
    request: understood(raw, { framing, target: sent, path: canonical.path, query: canonical.query, trusts }),
  }
}

interface Understood {
  readonly framing: Framing
  readonly target: string
  readonly path: string
  readonly query: string
  readonly trusts: Trusts
}

/** Field by field: an object literal with a spread in it costs as much here as a whole route look-up. */
function understood(raw: IncomingMessage, { framing, target, path, query, trusts }: Understood): EdgeRequest {
  const { headers } = raw
  const requestId = single(headers['x-request-id'])
  return {
    id: isRequestId(requestId) ? requestId : newRequestId(),
    raw,
    method: raw.method ?? 'GET',
    target,
    path,
    query,
    framing,
    host: headers.host,
    header: (name) => (Object.hasOwn(headers, name) ? single(headers[name]) : undefined),
    peer: raw.socket.remoteAddress ?? 'unknown',
    client: clientOf(raw, trusts),
    identity: nobody,
    trace: traceContext(single(headers.traceparent)),
    at: Date.now(),
    startedMs: performance.now(),
  }
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** The origin-form of a target; an absolute-form only when it names the very authority of Host (RFC 9112, 3.2.2). */
function originForm(raw: IncomingMessage): string | Refusal {
  const target = raw.url ?? '/'
  if (target.startsWith('/')) return target
  const [, authority, rest] = /^http:\/\/([^/?#]*)(.*)$/i.exec(target) ?? []
  if (authority === undefined || rest === undefined) return target
  if (authority.toLowerCase() !== raw.headers.host?.toLowerCase()) {
    return ambiguous('authority-differs', 'the authority of the request target is not that of Host')
  }
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** TRACE would answer with headers that the edge added (RFC 9110, section 9.3.8); CONNECT makes a tunnel. */
function refuseMethod(raw: IncomingMessage): Refusal | undefined {
  return raw.method === 'TRACE' || raw.method === 'CONNECT' ? methodRefused(raw.method) : undefined
}

/** Node takes `100-continue, x` and the like for 100-continue, and would tell the client to go on. */
function refuseExpectation({ headers: { expect } }: IncomingMessage): Refusal | undefined {
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined
  const refusal = ambiguous('expectation-unknown', 'only 100-continue is known')
  return { ...refusal, status: 417, title: 'Expectation Failed' }
}

function refuseLoop(raw: IncomingMessage): Refusal | undefined {
  if (!raw.headers.via?.includes(viaName)) return undefined
  return {
    status: 508,
    code: 'loop-detected',
    title: 'Loop Detected',
    detail: 'this request has passed this edge before; an upstream of the route table leads back to it',
    close: false,
  }
}
