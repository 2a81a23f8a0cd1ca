import { decide, type Matched, safeMethods } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { callerOf } from '../request/caller.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Incoming } from '../request/incoming.ts'
import { newSendingNotes } from '../upstream/sending-notes.ts'
import { maxCopyBytes } from './body-copy.ts'
import { fallbackOf } from './fallback-of.ts'
import type { Passage } from './passage.ts'
import type { TakenRoute } from './take-route.ts'

/** A request that is to go on its way. */
export interface Arrived {
  readonly request: EdgeRequest
  readonly incoming: Incoming
  /** How long it was held; undefined: it was not. */
  readonly heldMs: number | undefined
  /** Header lines for its answer, flat: what its limits leave to the client. */
  readonly answerLines: readonly string[]
}

/** Decides where a request goes, by the route table that it has taken. */
export function choosePassage(
  route: TakenRoute,
  { request, incoming, heldMs, answerLines }: Arrived,
  edge: EdgeParts,
): Passage {
  const { table, matched, capability, writesTo } = route
  const caller = callerOf(request, table.caller)
  const known = capability !== undefined && caller.id !== undefined
  const justWrote = known && edge.recentWriters.justWrote(capability.name, caller.id)
  const decision = decide(matched, { caller: caller.id, justWrote, dice: edge.dice() })
  // Now and when it is answered: a read may overtake the write that it should see.
  if (known && !safeMethods.has(request.method)) edge.recentWriters.begins(capability.name, caller.id)
  const recorded = edge.recorders.wants({ route: decision.route, caller: caller.id, request: request.id })
  const shadowShed = decision.shadow && edge.shadow.shedsNow(decision.shadow.upstream)
  const shadowed = decision.shadow !== undefined && shadowShed === undefined
  // Another arm that is to execute a write needs its body.
  const shadowedWrite = shadowed && !safeMethods.has(request.method)
  return {
    request,
    response: incoming.response,
    expectsContinue: incoming.expectsContinue,
    table,
    caller,
    matched,
    decision,
    tellsCallersApart: isShare(matched),
    writesTo,
    heldMs,
    answerLines,
    fallback: fallbackOf(request, { matched, decision, justWrote }),
    notes: newSendingNotes(),
    requestCopy: recorded || shadowedWrite ? edge.copies.copy(maxCopyBytes) : undefined,
    answerCopy: recorded || shadowed ? edge.copies.copy(maxCopyBytes, { digest: recorded }) : undefined,
    shadowShed,
  }
}

function isShare(matched: Matched): boolean {
  if (matched.kind === 'owner') return false
  const { target } = matched.route
  return target.kind === 'capability' && target.serve.kind === 'share'
}
