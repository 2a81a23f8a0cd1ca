import type { Clock } from '@banyan/toolkit/base'
import type { UpstreamFault } from '../sender.ts'
import { healthOfFault, healthOfStatus } from './blame.ts'
import type { Health, Pass } from './breaker.ts'
import { afterFailure, afterSuccess, isEjected } from './ejection.ts'
import { type Endpoint, isAvailable } from './endpoint.ts'
import type { LiveUpstream } from './live-upstream.ts'

/** What an attempt is made of. */
interface AttemptOptions {
  readonly endpoint: Endpoint
  /** Undefined for an upstream without a breaker. */
  readonly pass: Pass | undefined
  readonly clock: Clock
}

/** One sending to one endpoint, counted as under way from its making; its end tells breaker and endpoint how they do. */
export class Attempt {
  readonly #live: LiveUpstream
  readonly #options: AttemptOptions
  #over = false

  constructor(live: LiveUpstream, options: AttemptOptions) {
    this.#live = live
    this.#options = options
    options.endpoint.outstanding += 1
  }

  /** The head of an answer is there. */
  answered(status: number): void {
    this.#note(healthOfStatus(status))
  }

  /** It is over, its body too: with its fault, or undefined. */
  readonly over = (fault: UpstreamFault | undefined): void => {
    if (this.#over) return
    this.#over = true
    const { endpoint } = this.#options
    endpoint.outstanding -= 1
    if (fault === undefined) return
    // Its answer may have begun well: an answer that is cut is one more failure.
    this.#note(healthOfFault(fault.fault))
    // Nobody there: perhaps its name means another address by now.
    if (fault.sent === 'nothing' && endpoint.address !== undefined) this.#live.doubt(endpoint.url.hostname)
  }

  #note(health: Health): void {
    const { breaker, endpoints } = this.#live
    const { endpoint, pass, clock } = this.#options
    if (breaker === undefined && endpoints.length === 1) return
    const nowMs = clock.monotonic()
    if (breaker !== undefined && pass !== undefined) breaker.note(pass, health, nowMs)
    if (health !== 'unknown') noteEndpoint(this.#live, endpoint, { bad: health === 'bad', nowMs })
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
  if (before || !isEjected(endpoint.ejection, nowMs)) return
  live.counted.ejected += 1
  live.tellEjected?.(endpoint.key, endpoint.ejection.untilMs - nowMs)
}
