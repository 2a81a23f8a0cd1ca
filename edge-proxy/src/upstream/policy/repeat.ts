import { type RetryPolicy, safeMethods } from '@banyan/toolkit/routing'
import type { UpstreamAnswer, UpstreamFault } from '../sender.ts'
import { backoffMs } from './backoff.ts'
import { retryAfterMs } from './retry-after.ts'

/** An attempt's end: the head of an answer, or why there is none. */
export type Ended = UpstreamAnswer | UpstreamFault

/** What of a request says whether it may be sent twice. */
export interface Repeatable {
  readonly method: string
  readonly hasBody: boolean
  /** Nothing of the body was read, so that all of it can be sent elsewhere. */
  readonly bodyUntouched: boolean
  /** It writes a capability's data: what may have been executed is not executed twice, idempotent or not. */
  readonly writes: boolean
}

/** How things stand after an attempt. */
export interface Standing {
  readonly policy: RetryPolicy
  /** Retries so far. */
  readonly retries: number
  /** Until the request's total time is over. */
  readonly leftMs: number
  readonly dice: number
  /** In ms since 1970, for a `Retry-After` that is a date. */
  readonly now: number
}

/** A `Retry-After` that asks for more is not waited for: its answer is passed on, and the client may wait. */
const maxRetryAfterMs = 1_000

/**
 * How long to wait before the request is sent again, in ms; undefined when it is not to be. Only what was never sent, or
 * has no body and may be executed twice (RFC 9110, section 9.2.2), after a connection that broke or one of the policy's
 * statuses; never after a time-out, for the upstream may still be at it. Pure.
 */
export function pauseBeforeRepeat(ended: Ended, request: Repeatable, standing: Standing): number | undefined {
  const { policy, retries, leftMs, dice } = standing
  if (retries >= policy.times || !isRepeated(ended, request, policy)) return undefined
  const askedMs = ended.ok ? askedPauseMs(ended, standing.now) : 0
  if (askedMs > maxRetryAfterMs) return undefined
  const pauseMs = Math.max(askedMs, backoffMs(retries + 1, policy.backoffMs, dice))
  return pauseMs < leftMs ? pauseMs : undefined
}

function isRepeated(ended: Ended, request: Repeatable, policy: RetryPolicy): boolean {
  if (ended.ok) return policy.statuses.includes(ended.status) && mayHappenTwice(request)
  if (ended.fault === 'upstream-unreachable' || ended.fault === 'upstream-connect-timeout')
    return ended.sent === 'nothing' && request.bodyUntouched
  return ended.fault === 'upstream-closed' && mayHappenTwice(request)
}

function mayHappenTwice({ method, hasBody, writes }: Repeatable): boolean {
  if (hasBody) return false
  return safeMethods.has(method) || (!writes && (method === 'PUT' || method === 'DELETE'))
}

/** Nonsense asks for nothing. */
function askedPauseMs({ headers }: UpstreamAnswer, now: number): number {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === 'retry-after') return retryAfterMs((headers[i + 1] ?? '').trim(), now) ?? 0
  }
  return 0
}
