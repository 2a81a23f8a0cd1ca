import { type Capability, decide, type Matched, matchRoute, safeMethods } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { callerOf } from '../request/caller.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Incoming } from '../request/incoming.ts'
import { nextUrl } from '../upstream/next-url.ts'
import { maxCopyBytes } from './body-copy.ts'
import type { Passage } from './passage.ts'

/** Decides where a request goes, by the one route table that is live when it asks (law 2). */
export function choosePassage(request: EdgeRequest, incoming: Incoming, edge: EdgeParts): Passage {
  const table = edge.table()
  const caller = callerOf(request, table.caller)
  const matched = matchRoute(table, request)
  const capability = capabilityOf(matched)
  const known = capability !== undefined && caller.id !== undefined
  const justWrote = known && edge.recentWriters.justWrote(capability.name, caller.id)
  const decision = decide(matched, { caller: caller.id, justWrote, dice: edge.dice() })
  // Now and when it is answered: a read may overtake the write that it should see.
  if (known && !safeMethods.has(request.method)) edge.recentWriters.note(capability.name, caller.id)
  const recorded = edge.recorders.wants(decision.route)
  return {
    request,
    response: incoming.response,
    expectsContinue: incoming.expectsContinue,
    table,
    caller,
    decision,
    tellsCallersApart: isShare(matched),
    url: nextUrl(decision.served),
    requestCopy: recorded ? edge.copies.copy(maxCopyBytes) : undefined,
    answerCopy: recorded || decision.shadow !== undefined ? edge.copies.copy(maxCopyBytes) : undefined,
  }
}

/** The capability whose data a matched request reads or writes; undefined for a plain upstream. */
function capabilityOf(matched: Matched): Capability | undefined {
  if (matched.kind === 'owner') return matched.capability
  return matched.route.target.kind === 'capability' ? matched.route.target.capability : undefined
}

function isShare(matched: Matched): boolean {
  if (matched.kind === 'owner') return false
  const { target } = matched.route
  return target.kind === 'capability' && target.serve.kind === 'share'
}
