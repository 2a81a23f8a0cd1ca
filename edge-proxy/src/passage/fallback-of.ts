import { type Decision, type Matched, safeMethods, type Upstream } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Framing } from '../request/framing.ts'

/** What was decided for a request. */
interface Decided {
  readonly matched: Matched
  readonly decision: Decision
  /** The caller wrote to the capability a moment ago. */
  readonly justWrote: boolean
}

/**
 * Who answers a request when the service fails: legacy, where its route says so, for a safe method without a body. Not for a
 * caller whose own write legacy may not have yet.
 */
export function fallbackOf(
  { method, framing }: EdgeRequest,
  { matched, decision, justWrote }: Decided,
): Upstream | undefined {
  if (matched.kind === 'owner' || matched.route.policy.fallback === undefined || decision.arm !== 'service')
    return undefined
  const mayGo = safeMethods.has(method) && hasNoBody(framing) && !justWrote
  return mayGo ? decision.capability?.legacy : undefined
}

function hasNoBody(framing: Framing): boolean {
  return framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0)
}
