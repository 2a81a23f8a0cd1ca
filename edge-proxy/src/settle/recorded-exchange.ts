import type { Exchange, Redact } from '@banyan/toolkit/traffic'
import { headerPairs } from '../forward/header-lines.ts'
import type { BodyCopy } from '../passage/body-copy.ts'
import { type Outcome, type Passage, servedBy } from '../passage/passage.ts'

/** The exchange that a passage was, redacted (law 8); undefined when it has no whole answer of an upstream. */
export function recordedExchange(redact: Redact, passage: Passage, outcome: Outcome): Exchange | undefined {
  if (outcome.kind !== 'answered') return undefined
  const { request, decision, caller, requestCopy, answerCopy } = passage
  return redact({
    id: request.id,
    at: new Date(request.at).toISOString(),
    route: decision.route,
    capability: decision.capability?.name,
    servedBy: servedBy(decision),
    caller: caller.id,
    request: {
      method: request.method,
      target: request.target,
      headers: headerPairs(request.raw.rawHeaders),
      body: bodyOf(requestCopy),
    },
    response: { status: outcome.status, headers: headerPairs(outcome.headers), body: bodyOf(answerCopy) },
    tookMs: performance.now() - request.startedMs,
  })
}

function bodyOf(copy: BodyCopy | undefined) {
  if (copy === undefined || copy.length() === 0) return undefined
  return { kept: copy.bytes(), bytes: copy.length() }
}
