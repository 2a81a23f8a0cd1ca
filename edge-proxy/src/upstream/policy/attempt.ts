import type { UpstreamFault } from '../sender.ts'
import { healthOfFault, healthOfStatus } from './blame.ts'
import type { Health, Pass } from './breaker.ts'
import { afterFailure, afterSuccess, isEjected } from './ejection.ts'
import { type Endpoint, isAvailable } from './endpoint.ts'
import type { LiveUpstream } from './live-upstream.ts'

/** One sending to one endpoint, whose end tells its breaker and its endpoint how they do. */
export interface Attempt {
  /** The head of an answer is there. */
  answered(status: number): void
  /** It is over, its body too: with its fault, or undefined. */
  over(fault: UpstreamFault | undefined): void
}

/** Counts an attempt in. `pass` is undefined for an upstream without a breaker. */
export function beginAttempt(
  live: LiveUpstream,
  { endpoint, pass, now }: { readonly endpoint: Endpoint; readonly pass: Pass | undefined; now(): number },
): Attempt {
  const { breaker } = live
  let ended = false
  endpoint.outstanding += 1
  const note = (health: Health) => {
    const nowMs = now()
    if (breaker !== undefined && pass !== undefined) breaker.note(pass, health, nowMs)
    if (health !== 'unknown') noteEndpoint(live, endpoint, { bad: health === 'bad', nowMs })
  }
  return {
    answered: (status) => note(healthOfStatus(status)),
    over: (fault) => {
      if (ended) return
      ended = true
      endpoint.outstanding -= 1
      // Its answer may have begun well: an answer that is cut is one more failure.
      if (fault === undefined) return
      note(healthOfFault(fault.fault))
      // Nobody there: perhaps its name means another address by now.
      if (fault.sent === 'nothing' && endpoint.address !== undefined) live.doubt(endpoint.url.hostname)
    },
  }
}

function noteEndpoint(live: LiveUpstream, endpoint: Endpoint, { bad, nowMs }: { bad: boolean; nowMs: number }): void {
  const { eject } = live.upstream.policy
  if (eject === undefined || live.endpoints.length === 1) return
  if (!bad) {
    endpoint.ejection = afterSuccess(endpoint.ejection)
    return
  }
  const othersLeft = live.endpoints.some((each) => each !== endpoint && isAvailable(each, nowMs))
  const before = isEjected(endpoint.ejection, nowMs)
  endpoint.ejection = afterFailure(endpoint.ejection, eject, { othersLeft, nowMs })
  if (!before && isEjected(endpoint.ejection, nowMs)) live.counted.ejected += 1
}
