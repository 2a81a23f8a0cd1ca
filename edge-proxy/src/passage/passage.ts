import type { ServerResponse } from 'node:http'
import type { Decision, Matched, RouteTable, Upstream } from '@banyan/toolkit/routing'
import type { Caller } from '../request/caller.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { FaultKind } from '../upstream/sender.ts'
import type { SendingNotes } from '../upstream/sending-notes.ts'
import type { BodyCopy } from './body-copy.ts'
import type { ShadowShed } from './shadow-shed.ts'

/** One request on its way through the edge, with all that was decided for it by one route table. */
export interface Passage {
  readonly request: EdgeRequest
  readonly response: ServerResponse
  /** The one that was live when the request was read; nothing about this request asks for another (law 2). */
  readonly table: RouteTable
  readonly caller: Caller
  /** Why it is this route's. */
  readonly matched: Matched
  readonly decision: Decision
  /** True when the route serves a share of callers, so that a browser needs the edge's cookie. */
  readonly tellsCallersApart: boolean
  /**
   * The capability whose data it writes. Such a write is counted in flight until its upstream has ended with it, so
   * it is not cut when its client leaves: nobody would know whether the upstream is still executing it.
   */
  readonly writesTo: string | undefined
  /** How long it was held by a cutover, in ms; undefined: it was not. */
  readonly heldMs: number | undefined
  /** Header lines that its answer gets beside the upstream's, flat. */
  readonly answerLines: readonly string[]
  /** Who answers when the upstream that was decided on fails; undefined: nobody. */
  readonly fallback: Upstream | undefined
  /** What happens on its way upstream, as it happens. */
  readonly notes: SendingNotes
  /** True for a client that waits for 100 Continue before it sends its body. */
  readonly expectsContinue: boolean
  /** Why its shadow is left out, which is known before anything is copied for it; undefined: it is not, or it has none. */
  readonly shadowShed: ShadowShed | undefined
  /** Copies of what passes, for shadow and recordings; undefined when nobody wants them. */
  readonly requestCopy: BodyCopy | undefined
  readonly answerCopy: BodyCopy | undefined
}

/** How a request ended. */
export type Outcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** The upstream's header lines, flat, as they came. */
      readonly headers: readonly string[]
    }
  /** The answer began and is not whole: the upstream cut it, the client left, or the edge was stopped. */
  | {
      readonly kind: 'cut'
      readonly status: number
      readonly by: 'client' | 'upstream' | 'edge'
      /** The cause, where it is known. */
      readonly detail: string | undefined
    }
  /** No answer came; the edge sent a problem document, unless the client had gone. */
  | { readonly kind: 'fault'; readonly status: number; readonly fault: FaultKind; readonly detail: string }

/** Whether it was the client's doing that no whole answer came: nobody's failure. */
export function isLeftByClient(outcome: Outcome): boolean {
  if (outcome.kind === 'cut') return outcome.by === 'client'
  return outcome.kind === 'fault' && (outcome.fault === 'client-gone' || outcome.fault === 'client-slow')
}

/** Whether no whole answer came because the edge was stopped: nothing that its upstream did. */
export function isCutByEdge(outcome: Outcome): boolean {
  return outcome.kind === 'cut' ? outcome.by === 'edge' : outcome.kind === 'fault' && outcome.fault === 'edge-closed'
}

/** Gives back what was held of its bodies. */
export function releaseCopies({ requestCopy, answerCopy }: Passage): void {
  requestCopy?.release()
  answerCopy?.release()
}

/** The arm that served, or the upstream's name for a plain route: the label of metrics, logs and recordings. */
export function servedBy(decision: Decision): string {
  return decision.arm ?? decision.served.name
}
