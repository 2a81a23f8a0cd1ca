import type { Clock } from '@banyan/toolkit/base'
import type { NotComparable } from '@banyan/toolkit/compare'
import { safeMethods } from '@banyan/toolkit/routing'
import { isLeftByClient, type Outcome, type Passage } from '../passage/passage.ts'
import type { ShadowShed } from '../passage/shadow-shed.ts'
import type { ShadowJob } from './shadow-job.ts'

/** What a served request is to its shadow. */
export type Offered =
  | { readonly kind: 'job'; readonly job: ShadowJob }
  | { readonly kind: 'shed'; readonly why: ShadowShed }
  | { readonly kind: 'not-comparable'; readonly why: NotComparable }
  /** It says nothing about the arms: a client that left. */
  | { readonly kind: 'nothing' }

const nothing: Offered = { kind: 'nothing' }
const tooLarge: Offered = { kind: 'shed', why: 'too-large' }
const notAsked: Offered = { kind: 'not-comparable', why: 'not-asked' }

/**
 * The job of shadowing a request, or why there is none: that is counted, for a route whose every request is left out must not look
 * as if it had none (law 7).
 */
export function jobOf(passage: Passage, outcome: Outcome, clock: Pick<Clock, 'now'>): Offered {
  const { request, decision, answerCopy, shadowShed } = passage
  const { capability, arm, route, shadow } = decision
  if (capability === undefined || arm === undefined || shadow === undefined) return nothing
  // What legacy answered for the service says nothing about either.
  if (passage.notes.fallback !== undefined) return { kind: 'not-comparable', why: `${arm}-failed` }
  if (outcome.kind !== 'answered')
    return isLeftByClient(outcome) ? nothing : { kind: 'not-comparable', why: `${arm}-failed` }
  const { status, headers } = outcome
  if (status === 304 || status === 206) return notAsked
  if (shadowShed !== undefined) return { kind: 'shed', why: shadowShed }
  const sent = bodyOf(passage)
  if (sent === 'not-kept' || answerCopy === undefined) return notAsked
  if (!isWhole(passage)) return tooLarge
  const answer = { status, headers, body: answerCopy.bytes(), truncated: false }
  const { upstream } = shadow
  const release = releaseOf(passage)
  const answeredAt = clock.now()
  const job = { request, route, capability, served: arm, upstream, answer, answeredAt, body: sent, release }
  return { kind: 'job', job }
}

/** It holds the copies alone: the passage, with its answer's stream, need not live until the other arm has answered. */
function releaseOf({ requestCopy, answerCopy }: Passage): () => void {
  return () => {
    requestCopy?.release()
    answerCopy?.release()
  }
}

/** What the other arm gets as a body; a read's is never kept, and a write's that its arm did not want to see whole is not sent. */
function bodyOf({ request, requestCopy }: Passage): Buffer | undefined | 'not-kept' {
  if (request.framing.kind === 'none') return undefined
  const none = request.framing.kind === 'length' && request.framing.bytes === 0
  if (safeMethods.has(request.method) || requestCopy === undefined) return 'not-kept'
  if (none) return undefined
  return request.raw.readableEnded ? requestCopy.bytes() : 'not-kept'
}

function isWhole({ requestCopy, answerCopy, request }: Passage): boolean {
  const sent = safeMethods.has(request.method) ? undefined : requestCopy
  return !answerCopy?.truncated() && !sent?.truncated()
}
