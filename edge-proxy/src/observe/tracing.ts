import type { Verdict } from '@banyan/toolkit/compare'
import {
  createTraceState,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { type Outcome, type Passage, servedBy } from '../passage/passage.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Asked } from '../shadow/ask-arm.ts'
import type { ShadowJob } from '../shadow/shadow-job.ts'
import { armSpan, endArm, endRequest, endShadow, requestAttributes } from './span-attributes.ts'

/**
 * Spans of requests, made with whatever OpenTelemetry SDK the process has registered: one of the request, and below it
 * one of each arm that was asked, so that both arms are in one trace. What is sent to an arm continues its span
 * (W3C Trace Context).
 */
export interface Tracing {
  /** Begins the spans of a request and of the arm that serves it. */
  begin(passage: Passage): TracedPassage
  /** Begins the span of the other arm; undefined for a request that has none, such as a probe. */
  shadow(job: ShadowJob): TracedShadow | undefined
}

/** A request on its way with its spans. */
export interface TracedPassage {
  /** The same, with a trace context that continues the arm's span. */
  readonly passage: Passage
  end(outcome: Outcome): void
}

/** A shadow on its way with its span. */
export interface TracedShadow {
  readonly request: EdgeRequest
  end(asked: Asked, verdict: Verdict): void
}

/** Builds tracing; undefined where no SDK is registered, so that without one a request pays nothing. */
export function buildTracing(): Tracing | undefined {
  const provider = trace.getTracerProvider()
  const isNone = provider instanceof ProxyTracerProvider && provider.getDelegateTracer(tracerName) === undefined
  return isNone ? undefined : tracingWith(provider.getTracer(tracerName))
}

const tracerName = '@banyan/edge-proxy'

function tracingWith(tracer: Tracer): Tracing {
  const spans = new WeakMap<EdgeRequest, Span>()
  const below = (span: Span) => trace.setSpan(ROOT_CONTEXT, span)
  return {
    begin: (passage) => {
      const { request, decision } = passage
      const name = `${request.method} ${decision.route}`
      const kind = { kind: SpanKind.SERVER, startTime: request.startedMs, attributes: requestAttributes(passage) }
      const whole = tracer.startSpan(name, kind, parentOf(request))
      const arm = tracer.startSpan(servedBy(decision), armSpan(decision.served, request), below(whole))
      const traced = { ...passage, request: continued(request, arm.spanContext()) }
      spans.set(traced.request, whole)
      return {
        passage: traced,
        end: (outcome) => {
          endArm(arm, passage, outcome)
          endRequest(whole, passage, outcome)
        },
      }
    },
    shadow: (job) => {
      const whole = spans.get(job.request)
      if (whole === undefined) return undefined
      const { capability, served, request } = job
      const other = served === 'legacy' ? 'service' : 'legacy'
      const about = armSpan(capability[other], request)
      const attributes = { ...about.attributes, 'banyan.shadow': true }
      const span = tracer.startSpan(other, { ...about, attributes }, below(whole))
      return {
        request: continued(request, span.spanContext()),
        end: (asked, verdict) => endShadow(span, asked, verdict),
      }
    },
  }
}

/** The span of whoever called, where it said so in a well-formed `traceparent`; else a trace of its own begins. */
function parentOf(request: EdgeRequest) {
  if (!request.trace.continued) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = '0'] = request.header('traceparent')?.split('-') ?? []
  const state = request.header('tracestate')
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  })
}

function continued(request: EdgeRequest, { traceId, spanId, traceFlags }: SpanContext): EdgeRequest {
  const flags = (traceFlags & 1).toString(16).padStart(2, '0')
  const { continued } = request.trace
  return { ...request, trace: { traceparent: `00-${traceId}-${spanId}-${flags}`, traceId, continued } }
}
