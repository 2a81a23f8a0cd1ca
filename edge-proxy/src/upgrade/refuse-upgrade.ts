import type { Upstream } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { upgradeRefusal } from '../hold/hold-refusal.ts'
import { goesToOwner, type TakenRoute } from '../passage/take-route.ts'
import { ambiguous, type Refusal } from '../request/refusal.ts'
import type { FaultKind, UpstreamFault } from '../upstream/sender.ts'

/** Why no tunnel may be opened for a handshake that was understood; undefined: one may. */
export function refuseUpgrade(target: string, route: TakenRoute, edge: EdgeParts): Refusal | undefined {
  return refuseTunnel(target, edge) ?? refuseHeld(route, edge)
}

function refuseTunnel(target: string, edge: EdgeParts): Refusal | undefined {
  // http-proxy joins paths and would write "http:/" as "http://".
  if (/^[^?]*https?:\//.test(target)) return ambiguous('path-refused', 'a path with "http:/"')
  if (!edge.draining()) return undefined
  return {
    status: 503,
    code: 'draining',
    title: 'Service Unavailable',
    detail: 'the edge is being stopped',
    close: true,
  }
}

/**
 * A connection to a capability's owner is not opened while a cutover holds its writes, for what is sent on it cannot be
 * held. One that is open already is left alone until the owner has moved: what it writes meanwhile is the fence's.
 */
function refuseHeld({ matched, capability }: TakenRoute, edge: EdgeParts): Refusal | undefined {
  if (capability === undefined || !goesToOwner(matched) || edge.holds.of(capability.name) === undefined)
    return undefined
  return upgradeRefusal(capability.name)
}

/** A handshake whose upstream failed lately: nothing of it was sent. */
export function breakerOpen(upstream: string, { fault, retryAfterMs = 0 }: UpstreamFault): Refusal {
  const detail = `upstream "${upstream}" failed lately and is left alone for a moment; nothing was sent to it`
  const retryAfterSeconds = Math.ceil(Math.max(1, retryAfterMs) / 1000)
  return { status: 503, code: fault, title: 'Service Unavailable', detail, close: true, retryAfterSeconds }
}

/** What a handshake ends with that no upstream answered, and what it is called. */
interface FailedHandshake {
  readonly fault: FaultKind
  readonly refusal: Refusal
}

/** A handshake whose upstream said nothing in time. */
export function timedOut({ name }: Upstream): FailedHandshake {
  const detail = `upstream "${name}" did not answer in time`
  const fault = 'upstream-timeout'
  return { fault, refusal: { status: 504, code: fault, title: 'Gateway Timeout', detail, close: true } }
}

/** A handshake whose upstream is not there, or does not speak WebSocket. */
export function unreachable({ name }: Upstream): FailedHandshake {
  const detail = `upstream "${name}" could not be reached, or refused the connection`
  const fault = 'upstream-unreachable'
  return { fault, refusal: { status: 502, code: fault, title: 'Bad Gateway', detail, close: true } }
}
