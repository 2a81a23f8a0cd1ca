import { randomFillSync } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Where a request stands in a distributed trace (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 hex digits, the same for every request of the trace. */
  readonly traceId: string
  /** 16 hex digits: this service's part of it. */
  readonly spanId: string
  /** The caller's span; undefined when the trace begins here. */
  readonly parentId: string | undefined
  readonly sampled: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `registerTracing`; to be sent on with `traceparentOf`. */
    trace: TraceContext
  }
}

const noTrace: TraceContext = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), parentId: undefined, sampled: false }

/** Continues the caller's trace on each request, as `request.trace` and in each log line; begins one where there is none. */
export function registerTracing(app: FastifyInstance): void {
  const traces = new WeakMap<object, TraceContext>()
  app.decorateRequest('trace')
  // The request's own logger is made here anyway: a second child for two fields would cost each request again.
  app.setChildLoggerFactory((logger, bindings, options, raw) => {
    const trace = traceOf(raw.headers)
    traces.set(raw, trace)
    return logger.child({ ...bindings, traceId: trace.traceId, spanId: trace.spanId }, options)
  })
  app.addHook('onRequest', async (request) => {
    request.trace = traces.get(request.raw) ?? traceOf(request.headers)
  })
}

function traceOf(headers: IncomingHttpHeaders): TraceContext {
  const { traceparent } = headers
  return continueTrace(typeof traceparent === 'string' ? traceparent : undefined)
}

/** The trace that a `traceparent` header names, with a span of our own; a new trace when there is none or it is broken. */
export function continueTrace(traceparent: string | undefined): TraceContext {
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent)
  const spanId = randomHex(8)
  if (parent === undefined) return { traceId: randomHex(16), spanId, parentId: undefined, sampled: true }
  return { traceId: parent.traceId, spanId, parentId: parent.spanId, sampled: parent.sampled }
}

const pool = Buffer.alloc(4096)
let used = pool.length

// Drawn in advance: to ask the system for a few bytes costs as much as for a page of them, and this is done at each request.
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/**
 * What a `traceparent` header says (W3C Trace Context, section 3.2); undefined when it is malformed, all zero
 * or of the forbidden version `ff`. Versions above 00 are read by their first four fields, as section 4.3 asks.
 */
export function parseTraceparent(text: string): Pick<TraceContext, 'traceId' | 'spanId' | 'sampled'> | undefined {
  const [, version, traceId, spanId, flags, rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text.trim()) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (traceId === noTrace.traceId || spanId === noTrace.spanId) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The `traceparent` header that passes a trace on. */
export function traceparentOf(trace: TraceContext): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`
}
