import { safeMethods, type Upstream } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { isCutByEdge, isLeftByClient, type Outcome, type Passage, releaseCopies, servedBy } from '../passage/passage.ts'

/**
 * What follows an answer: it is counted, logged, remembered as a write, recorded and shadowed. The client has its
 * answer by now, so nothing here can change, delay or fail it (law 1).
 */
export function settle(passage: Passage, outcome: Outcome, edge: EdgeParts): void {
  const { request, decision, caller } = passage
  count(passage, outcome, edge)
  noteUpstream(passage, outcome, edge)
  edge.log.served(passage, outcome)
  const data = decision.capability?.name ?? passage.writesTo
  if (data !== undefined && caller.id !== undefined && !safeMethods.has(request.method)) {
    edge.recentWriters.note(data, caller.id)
  }
  edge.recorders.offer(passage, outcome)
  if (decision.shadow === undefined) releaseCopies(passage)
  else edge.shadow.offer(passage, outcome)
}

/** A request that fell back is an error of its arm, though nobody saw it, and a request that the other one served. */
function count({ request, decision, notes }: Passage, outcome: Outcome, { stats }: EdgeParts): void {
  const { route } = decision
  const tookMs = performance.now() - request.startedMs
  const { fallback } = notes
  if (fallback !== undefined) stats.observe({ route, arm: servedBy(decision), status: 502, tookMs, failed: true })
  stats.observe({
    route,
    arm: fallback?.arm ?? servedBy(decision),
    status: outcome.status,
    tookMs,
    failed: outcome.kind !== 'answered' && !isLeftByClient(outcome),
  })
}

function noteUpstream({ decision, fallback, notes }: Passage, outcome: Outcome, edge: EdgeParts): void {
  const fell = notes.fallback
  if (fell !== undefined) noteFault(decision.served, { fault: fell.because, detail: 'legacy answered instead' }, edge)
  const asked = fell === undefined ? decision.served : (fallback ?? decision.served)
  if (outcome.kind === 'answered') edge.upstreamErrors.answered(asked)
  else if (isLeftByClient(outcome) || isCutByEdge(outcome)) return
  else if (outcome.kind === 'fault') noteFault(asked, outcome, edge)
  else edge.upstreamErrors.failed(asked, 'upstream-cut', outcome.detail ?? 'the answer ended before it was whole')
}

/** A breaker that is open is no news: what opened it is worth more to who looks for the cause. */
function noteFault(upstream: Upstream, { fault, detail }: { fault: string; detail: string }, edge: EdgeParts): void {
  if (fault !== 'upstream-breaker-open') edge.upstreamErrors.failed(upstream, fault, detail)
}
