import type { Outcome, Passage } from '../passage/passage.ts'
import type { Upstreams } from '../upstream/policy/upstreams.ts'
import { answerFault } from './answer-fault.ts'
import { passEarlyHints } from './early-hints.ts'
import { relay } from './relay.ts'
import { bodyWanted, isWholeWrite, requestBody } from './request-body.ts'
import { passableTrailers } from './trailers.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** What forwarding needs of the edge. */
export interface Forwarding {
  readonly upstreams: Pick<Upstreams, 'deliver'>
  draining(): boolean
}

/**
 * Sends a request upstream and its answer back, both as they come and with back-pressure. When the client leaves, the
 * upstream request ends, unless it is a whole write to a capability: that one may be executing, and is over when the
 * upstream says so. When the upstream cuts its answer, so is the client's connection: never completed.
 */
export async function forward(passage: Passage, edge: Forwarding): Promise<Outcome> {
  const { request, response, decision, matched } = passage
  const body = requestBody(passage)
  const sending = edge.upstreams.deliver({
    upstream: decision.served,
    fallback: passage.fallback,
    policy: matched.kind === 'route' ? matched.route.policy : undefined,
    route: decision.route,
    writes: passage.writesTo !== undefined,
    method: request.method,
    target: request.target,
    headers: (upstream, url) => upstreamHeaders(request, upstream, url),
    body,
    trailers: request.framing.kind === 'chunked' ? () => passableTrailers(request.raw.rawTrailers) : undefined,
    bodyWanted: body && (() => bodyWanted(passage)),
    informed: (_status, headers) => passEarlyHints(passage, headers),
    notes: passage.notes,
  })
  const leave = () => {
    if (!response.writableFinished && !isWholeWrite(passage)) sending.leave()
  }
  response.on('close', leave)
  if (response.closed) leave()
  const answer = await sending.answer
  return answer.ok ? await relay(answer, passage, edge.draining()) : answerFault(answer, passage)
}
