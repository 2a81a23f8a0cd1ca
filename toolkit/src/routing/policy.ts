/** How long the parts of one request upstream may take, in ms; each is counted from its own beginning. */
export interface Timeouts {
  /** Until the connection is there, TLS included; and how long it may wait for a free one. Default 5 000. */
  readonly connectMs: number
  /** From the request's end until the answer's head. Default 30 000. */
  readonly headerMs: number
  /** Without a byte in either direction while bodies pass. Default 300 000. */
  readonly idleMs: number
  /** From the first attempt to the end of the answer, retries included; Infinity: no bound, the default. */
  readonly totalMs: number
}

/** The most that an upstream gets at once (a bulkhead): what does not fit waits, and what may not wait is answered 503. */
export interface ConnectionPolicy {
  /** Default 1 024. */
  readonly max: number
  /** Requests that wait for a connection. Default 1 024. */
  readonly waiting: number
}

/** When a request is sent again that got no answer. */
export interface RetryPolicy {
  /** At most so many times after the first. Default 1. */
  readonly times: number
  /** Retries in proportion to requests, from 0 to 1; ten more at the start. Default 0.1. */
  readonly budgetShare: number
  /** The first pause is random from 0 to this, each further one to twice as much, at most ten times. Default 25. */
  readonly backoffMs: number
  /** Answers of these statuses are asked for again, too. Default none. */
  readonly statuses: readonly number[]
}

/** When an upstream is not asked any more, because it fails. */
export interface BreakerPolicy {
  /** It opens when this share of requests failed, above 0 to 1. Default 0.5. */
  readonly failureShare: number
  /** ... of at least so many. Default 20. */
  readonly volume: number
  /** ... within this time. Default 10 000. */
  readonly windowMs: number
  /** How long it stays open before one request tries; doubled each time that fails, eight times at most. Default 5 000. */
  readonly openMs: number
}

/** How each URL of an upstream is asked whether it works. */
export interface HealthPolicy {
  /** Path and query of a GET; a status of 200 to 399 passes. */
  readonly path: string
  /** Default 5 000; each pause is up to a tenth shorter or longer. */
  readonly everyMs: number
  /** Default 2 000. */
  readonly timeoutMs: number
  /** So many in a row make it unhealthy. Default 3. */
  readonly fails: number
  /** So many in a row make it healthy again. Default 2. */
  readonly passes: number
}

/** When one of several URLs gets no requests for a while, because it fails. Never the last that is left. */
export interface EjectPolicy {
  /** So many failures in a row. Default 5. */
  readonly failures: number
  /** For so long; longer each time it happens again, ten times at most. Default 30 000. */
  readonly forMs: number
}

/** What protects an upstream, and requests from it. Undefined: off. */
export interface UpstreamPolicy {
  readonly timeouts: Timeouts
  readonly connections: ConnectionPolicy
  readonly retry: RetryPolicy | undefined
  /** Default on for the service of a capability, off for every other upstream: the monolith is always tried. */
  readonly breaker: BreakerPolicy | undefined
  /** Default off. */
  readonly health: HealthPolicy | undefined
  readonly eject: EjectPolicy | undefined
}

/** What a route says instead of its upstream, and where its requests go when the service fails. */
export interface RoutePolicy {
  /** Undefined: all as the upstream says. */
  readonly timeouts: Partial<Timeouts> | undefined
  /** False: nothing of this route is sent again. */
  readonly retry: boolean
  /** `legacy` answers safe methods where the service fails. */
  readonly fallback: 'legacy' | undefined
}
