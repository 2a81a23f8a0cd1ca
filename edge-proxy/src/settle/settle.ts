import { safeMethods } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { isLeftByClient, type Outcome, type Passage, releaseCopies, servedBy } from '../passage/passage.ts'

/**
 * What follows an answer: it is counted, logged, remembered as a write, recorded and shadowed. The client has its
 * answer by now, so nothing here can change, delay or fail it (law 1).
 */
export function settle(passage: Passage, outcome: Outcome, edge: EdgeParts): void {
  const { request, decision, caller } = passage
  edge.stats.observe({
    route: decision.route,
    arm: servedBy(decision),
    status: outcome.status,
    tookMs: performance.now() - request.startedMs,
    failed: outcome.kind !== 'answered' && !isLeftByClient(outcome),
  })
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

function noteUpstream({ decision }: Passage, outcome: Outcome, edge: EdgeParts): void {
  if (outcome.kind === 'answered') edge.upstreamErrors.answered(decision.served)
  else if (isLeftByClient(outcome)) return
  else if (outcome.kind === 'fault') edge.upstreamErrors.failed(decision.served, outcome.fault, outcome.detail)
  else {
    edge.upstreamErrors.failed(decision.served, 'upstream-cut', 'the answer ended before it was whole')
  }
}
