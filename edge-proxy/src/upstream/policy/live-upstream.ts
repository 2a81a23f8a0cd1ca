import type { Upstream } from '@banyan/toolkit/routing'
import type { Logger } from 'pino'
import type { ConnectionLimits } from '../sender.ts'
import { type Breaker, buildBreaker } from './breaker.ts'
import { type Endpoint, endpointsOf, isAvailable } from './endpoint.ts'
import { leastBusy } from './least-busy.ts'
import { buildRetryBudget, type RetryBudget } from './retry-budget.ts'
import type { UpstreamNews } from './upstream-news.ts'

/** An upstream as it is now: what its policies have counted, over all reloads of the route table. */
export interface LiveUpstream {
  /** As the live route table has it. */
  upstream: Upstream
  endpoints: readonly Endpoint[]
  breaker: Breaker | undefined
  budget: RetryBudget | undefined
  /** Of each address. */
  limits: ConnectionLimits
  /** Which endpoint is first among equals: the one behind the last that was chosen. */
  turn: number
  /** Where the edge has several workers: tells the others that an address was ejected here. */
  readonly tellEjected: ((endpoint: string, forMs: number) => void) | undefined
  readonly counted: Counted
  /** The addresses of a name may be others by now. */
  doubt(host: string): void
}

/** Counts since the edge started. */
export interface Counted {
  retries: number
  /** Retries that were not made because the budget was used up. */
  overBudget: number
  /** Requests that an open breaker stopped. */
  stopped: number
  /** Times that an address was ejected. */
  ejected: number
}

/** What a live upstream is made of. */
export interface LiveOptions {
  readonly log: Logger
  dice(): number
  addressesOf(host: string): readonly string[]
  /** Where the edge has several workers: tells the others. */
  readonly tell?: ((upstream: string, news: UpstreamNews) => void) | undefined
  doubt(host: string): void
}

/** An upstream of which nothing is known yet. */
export function newLiveUpstream(upstream: Upstream, options: LiveOptions): LiveUpstream {
  return {
    upstream,
    endpoints: endpointsOf(upstream, [], options.addressesOf),
    breaker: breakerOf(upstream, options),
    budget: budgetOf(upstream),
    limits: limitsOf(upstream),
    tellEjected:
      options.tell && ((endpoint, forMs) => options.tell?.(upstream.name, { kind: 'ejected', endpoint, forMs })),
    turn: 0,
    counted: { retries: 0, overBudget: 0, stopped: 0, ejected: 0 },
    doubt: options.doubt,
  }
}

/** Takes what the route table says now; what a policy counted is kept for as long as the policy stays the same. */
export function followUpstream(live: LiveUpstream, next: Upstream, options: LiveOptions): void {
  const before = live.upstream.policy
  live.upstream = next
  live.limits = limitsOf(next)
  live.endpoints = endpointsOf(next, live.endpoints, options.addressesOf)
  if (differ(before.breaker, next.policy.breaker)) live.breaker = breakerOf(next, options)
  if (differ(before.retry, next.policy.retry)) live.budget = budgetOf(next)
}

/**
 * The endpoint for the next request: the least busy that is available; where none is, the least busy that is not
 * unhealthy, then any. `not` is avoided where another one is available.
 */
export function chooseEndpoint(live: LiveUpstream, nowMs: number, not?: Endpoint): Endpoint {
  const { endpoints } = live
  const [only] = endpoints
  if (only === undefined) throw new Error(`upstream ${live.upstream.name} has no URL`)
  if (endpoints.length === 1) return only
  const chosen =
    leastBusy(endpoints, live.turn, (each) => each !== not && isAvailable(each, nowMs)) ??
    leastBusy(endpoints, live.turn, (each) => isAvailable(each, nowMs)) ??
    leastBusy(endpoints, live.turn, ({ health }) => health.state !== 'unhealthy') ??
    leastBusy(endpoints, live.turn, () => true) ??
    only
  // Behind the chosen one: were it only one further each time, who stands behind one that is down would get its turns as well.
  live.turn = (endpoints.indexOf(chosen) + 1) % endpoints.length
  return chosen
}

/** Whether health checks call every endpoint unhealthy. */
export function isDown({ endpoints }: LiveUpstream): boolean {
  return endpoints.every(({ health }) => health.state === 'unhealthy')
}

function breakerOf({ name, policy }: Upstream, { log, dice, tell }: LiveOptions): Breaker | undefined {
  if (policy.breaker === undefined) return undefined
  return buildBreaker(policy.breaker, {
    dice,
    tell: tell && ((news) => tell(name, news)),
    changed: (state, { failed, total }) => {
      if (state === 'open') log.warn({ upstream: name, failed, of: total }, 'breaker open')
      else log.info({ upstream: name }, 'breaker closed')
    },
  })
}

function budgetOf({ policy }: Upstream): RetryBudget | undefined {
  return policy.retry && buildRetryBudget(policy.retry.budgetShare)
}

function limitsOf({ policy }: Upstream): ConnectionLimits {
  const { connections, timeouts } = policy
  return { maxConnections: connections.max, maxWaiting: connections.waiting, maxWaitMs: timeouts.connectMs }
}

function differ(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}
