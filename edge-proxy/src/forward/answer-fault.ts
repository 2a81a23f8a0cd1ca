import type { Outcome, Passage } from '../passage/passage.ts'
import { answerProblem } from '../request/problem-answer.ts'
import type { Refusal } from '../request/refusal.ts'
import type { FaultKind, UpstreamFault } from '../upstream/sender.ts'

const statusOf: Readonly<Record<FaultKind, number>> = {
  'upstream-unreachable': 502,
  'upstream-connect-timeout': 504,
  'upstream-busy': 503,
  'upstream-breaker-open': 503,
  'upstream-closed': 502,
  'upstream-timeout': 504,
  'upstream-invalid': 502,
  'client-slow': 408,
  'client-gone': 499,
  'edge-closed': 503,
}

const titleOf: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** Answers for an upstream that did not: with a problem document, unless the client has gone. */
export function answerFault(fault: UpstreamFault, passage: Passage): Outcome {
  const { request, response, decision } = passage
  const status = statusOf[fault.fault]
  if (fault.fault !== 'client-gone') {
    const asked = passage.notes.fallback === undefined ? decision.served : (passage.fallback ?? decision.served)
    answerProblem(response, problemOf(fault, status, asked.name), request.id)
    if (!request.raw.complete && !response.destroyed) request.raw.resume()
  }
  return { kind: 'fault', status, fault: fault.fault, detail: fault.detail }
}

/** The client learns which upstream failed and when; the cause (addresses, codes) is for the log. */
function problemOf(fault: UpstreamFault, status: number, upstream: string): Refusal {
  const detail = {
    'upstream-unreachable': `upstream "${upstream}" could not be reached; nothing was sent to it`,
    'upstream-connect-timeout': `upstream "${upstream}" did not accept a connection in time; nothing was sent to it`,
    'upstream-busy': `upstream "${upstream}" has no free connection; nothing was sent to it`,
    'upstream-breaker-open': `upstream "${upstream}" failed lately and is left alone for a moment; nothing was sent to it`,
    'upstream-closed': `upstream "${upstream}" closed the connection before it answered`,
    'upstream-timeout': `upstream "${upstream}" did not answer in time`,
    'upstream-invalid': `upstream "${upstream}" answered with something that is no valid HTTP`,
    'client-slow': 'the request body did not arrive in time',
    'client-gone': 'the client left',
    'edge-closed': 'the edge was stopped before there was an answer',
  }[fault.fault]
  const refusal = { status, code: fault.fault, title: titleOf[status] ?? 'Bad Gateway', detail, close: false }
  if (status !== 503) return refusal
  // What was not sent may be sent again: at once it would meet the same, so a moment later.
  return { ...refusal, retryAfterSeconds: Math.ceil(Math.max(1, fault.retryAfterMs ?? 0) / 1000) }
}
