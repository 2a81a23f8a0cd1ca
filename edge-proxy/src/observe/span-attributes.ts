import type { Verdict } from '@banyan/toolkit/compare'
import type { Upstream } from '@banyan/toolkit/routing'
import { type Attributes, type Span, SpanKind, type SpanOptions, SpanStatusCode } from '@opentelemetry/api'
import { isLeftByClient, type Outcome, type Passage } from '../passage/passage.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Asked } from '../shadow/ask-arm.ts'

/** Of a request's span, in the words of OpenTelemetry's semantic conventions for HTTP servers; no query, header or body. */
export function requestAttributes({ request, decision, matched, table, heldMs }: Passage): Attributes {
  const { path } = (matched.kind === 'route' ? matched.route : matched.near).match
  return {
    'http.request.method': request.method,
    'url.path': request.path,
    'http.route': path,
    'client.address': request.client.address,
    'banyan.request_id': request.id,
    'banyan.route': decision.route,
    'banyan.capability': decision.capability?.name,
    'banyan.arm': decision.arm,
    'banyan.why': decision.why,
    'banyan.revision': table.revision,
    'banyan.held_ms': heldMs,
  }
}

/** Of the span of one arm that is asked. */
export function armSpan({ name }: Upstream, request: EdgeRequest): SpanOptions {
  return { kind: SpanKind.CLIENT, attributes: { 'http.request.method': request.method, 'banyan.upstream': name } }
}

/** Ends the span of the arm that was to serve. */
export function endArm(span: Span, { notes }: Passage, outcome: Outcome): void {
  const { url, attempts, queuedMs, connectMs, headMs, fallback } = notes
  span.setAttributes({
    'http.response.status_code': outcome.kind === 'fault' ? undefined : outcome.status,
    ...addressOf(url),
    'banyan.attempts': attempts,
    'banyan.queued_ms': queuedMs,
    'banyan.connect_ms': connectMs,
    'banyan.head_ms': headMs,
    'banyan.fallback': fallback?.arm,
  })
  const failed = fallback?.because ?? failureOf(outcome)
  if (failed !== undefined) fail(span, failed)
  span.end()
}

/** Ends the span of the whole request. */
export function endRequest(span: Span, { notes }: Passage, outcome: Outcome): void {
  span.setAttributes({ 'http.response.status_code': outcome.status, 'banyan.fallback': notes.fallback?.arm })
  const failed = failureOf(outcome)
  if (failed !== undefined) fail(span, failed)
  span.end()
}

/** Ends the span of the arm that was asked only to compare, with the verdict. A mismatch is no error of the arm's. */
export function endShadow(span: Span, asked: Asked, verdict: Verdict): void {
  span.setAttributes({
    'http.response.status_code': asked.ok ? asked.answer.status : undefined,
    'banyan.verdict': verdict.kind,
    'banyan.not_comparable': verdict.kind === 'not-comparable' ? verdict.why : undefined,
    'banyan.differences':
      verdict.kind === 'mismatch' ? verdict.differences.map(({ path }) => path).slice(0, 10) : undefined,
  })
  if (!asked.ok) fail(span, asked.fault)
  span.end()
}

/** What is an error of ours or of the arm's: a client's mistake (4xx) or leaving is neither. */
function failureOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'answered') return outcome.status >= 500 ? String(outcome.status) : undefined
  if (isLeftByClient(outcome)) return undefined
  if (outcome.kind === 'fault') return outcome.fault
  return outcome.by === 'edge' ? 'edge-closed' : 'upstream-cut'
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR, message: type })
}

function addressOf(url: string | undefined): Attributes {
  if (url === undefined) return {}
  const { hostname, port, protocol } = new URL(url)
  return { 'server.address': hostname, 'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) }
}
