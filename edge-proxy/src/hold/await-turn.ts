import type { EdgeParts } from '../edge-parts.ts'
import { type TakenRoute, takeRoute } from '../passage/take-route.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Incoming } from '../request/incoming.ts'
import { answerUnread } from '../request/problem-answer.ts'
import { heldBytesOf } from './held-bytes.ts'
import type { Hold } from './hold.ts'
import { holdRefusal } from './hold-refusal.ts'
import type { Fate } from './waiting-line.ts'

/** A request that may go on, with the route table that is live now. */
export interface Turn {
  readonly route: TakenRoute
  /** Undefined: it was not held. */
  readonly heldMs: number | undefined
}

/**
 * Holds a write until the hold lets it go, and only then takes a route table for it: a request sees one, and this one
 * names the new owner (law 2). Its body is not read meanwhile, so that back-pressure keeps it with the client. Undefined
 * when the request is over: answered 503, or its client has left; then it was sent to no upstream.
 *
 * Who leaves while a body that is larger than the stream's buffer waits is noticed only when it is read on: the
 * upstream then gets a request that breaks off, and can execute none.
 */
export async function awaitTurn(request: EdgeRequest, incoming: Incoming, edge: EdgeParts): Promise<Turn | undefined> {
  const since = performance.now()
  const passed = new Set<string>()
  for (;;) {
    const route = takeRoute(request, edge)
    const capability = route.writesTo
    const hold = capability === undefined || passed.has(capability) ? undefined : edge.holds.of(capability)
    if (capability === undefined || hold === undefined) return { route, heldMs: performance.now() - since }
    // Let go by this hold, it is not held by it again: past the bound of one that drains, it goes to the old owner.
    passed.add(capability)
    const fate = await fateOf(hold, request, incoming)
    if (fate.kind === 'go') continue
    await end(fate, { request, incoming, edge, capability, heldMs: performance.now() - since })
    return undefined
  }
}

async function fateOf(hold: Hold, request: EdgeRequest, { response }: Incoming): Promise<Fate> {
  const taken = hold.take(heldBytesOf(request))
  response.once('close', taken.leave)
  if (response.closed || response.destroyed) taken.leave()
  const fate = await taken.fate
  response.off('close', taken.leave)
  return fate
}

interface Held {
  readonly request: EdgeRequest
  readonly incoming: Incoming
  readonly edge: EdgeParts
  readonly capability: string
  readonly heldMs: number
}

async function end(fate: Exclude<Fate, { kind: 'go' }>, held: Held): Promise<void> {
  const { request, incoming, edge, capability } = held
  const { id, method, path } = request
  const { target, client, peer } = request
  const behind = client.address === peer ? undefined : client.address
  const seen = { id, method, path: path.slice(0, 2048), peer, client: behind }
  const about = { ...seen, capability, heldMs: Math.round(held.heldMs) }
  if (fate.kind === 'left') {
    edge.log.messages.info({ ...about, status: 499, left: 'while held' }, 'request')
    return
  }
  const refusal = holdRefusal(fate.because, capability)
  edge.stats.refused(refusal.code)
  edge.log.messages.warn({ ...about, status: refusal.status, refused: refusal.code }, 'request')
  edge.observers.refused(id, refusal, { method, target, client: client.address })
  await answerUnread(incoming.response, refusal, id)
}
