import type {
  BreakerPolicy,
  EjectPolicy,
  HealthPolicy,
  RetryPolicy,
  RoutePolicy,
  Timeouts,
  UpstreamPolicy,
} from './policy.ts'
import {
  isOff,
  type RoutePolicyDocument,
  type TimeoutsDocument,
  type UpstreamPolicyDocument,
  unlessOff,
} from './policy-document.ts'

/** What an upstream document says beside its policies. */
interface About {
  /** `timeout`, the short form of `timeouts.header`. */
  readonly timeoutMs: number | undefined
  /** Whether it is the service of a capability. */
  readonly isService: boolean
}

/** The policies of an upstream, with the defaults of docs/route-table.md where nothing is written. */
export function compileUpstreamPolicy(written: UpstreamPolicyDocument, about: About): UpstreamPolicy {
  const { timeouts, connections, breaker } = written
  return {
    timeouts: {
      connectMs: timeouts?.connect?.value ?? 5_000,
      headerMs: timeouts?.header?.value ?? about.timeoutMs ?? 30_000,
      idleMs: timeouts?.idle?.value ?? 300_000,
      totalMs: timeouts?.total?.value ?? Number.POSITIVE_INFINITY,
    },
    connections: { max: connections?.max?.value ?? 1024, waiting: connections?.waiting?.value ?? 1024 },
    retry: isOff(written.retry) ? undefined : retryOf(written),
    breaker: isOff(breaker) || (breaker === undefined && !about.isService) ? undefined : breakerOf(written),
    health: healthOf(written),
    eject: isOff(written.eject) ? undefined : ejectOf(written),
  }
}

/** What a route says instead of its upstream. */
export function compileRoutePolicy({ timeouts, retry, fallback }: RoutePolicyDocument): RoutePolicy {
  return { timeouts: timeouts && writtenTimeouts(timeouts), retry: !retry, fallback: fallback?.value }
}

function writtenTimeouts({ connect, header, idle, total }: TimeoutsDocument): Partial<Timeouts> {
  return {
    ...(connect && { connectMs: connect.value }),
    ...(header && { headerMs: header.value }),
    ...(idle && { idleMs: idle.value }),
    ...(total && { totalMs: total.value }),
  }
}

function retryOf({ retry }: UpstreamPolicyDocument): RetryPolicy {
  const written = unlessOff(retry)
  return {
    times: written?.times?.value ?? 1,
    budgetShare: written?.budget?.value ?? 0.1,
    backoffMs: written?.backoff?.value ?? 25,
    statuses: (written?.statuses?.value ?? []).map(({ value }) => value),
  }
}

function breakerOf({ breaker }: UpstreamPolicyDocument): BreakerPolicy {
  const written = unlessOff(breaker)
  return {
    failureShare: written?.failures?.value ?? 0.5,
    volume: written?.volume?.value ?? 20,
    windowMs: written?.window?.value ?? 10_000,
    openMs: written?.open?.value ?? 5_000,
  }
}

function healthOf({ health }: UpstreamPolicyDocument): HealthPolicy | undefined {
  if (health?.path === undefined) return undefined
  const everyMs = health.every?.value ?? 5_000
  return {
    path: health.path.value,
    everyMs,
    timeoutMs: health.timeout?.value ?? Math.min(2_000, everyMs),
    fails: health.fails?.value ?? 3,
    passes: health.passes?.value ?? 2,
  }
}

function ejectOf({ eject }: UpstreamPolicyDocument): EjectPolicy {
  const written = unlessOff(eject)
  return { failures: written?.failures?.value ?? 5, forMs: written?.for?.value ?? 30_000 }
}
