/** How the edge saw one request, redacted: what `banyan why` and `banyan tap` show. No header and no body is in it. */
export type ObservedRequest = ServedRequest | RefusedRequest

/** A request that an arm, or a plain upstream, was to serve. */
export interface ServedRequest {
  readonly kind: 'served'
  readonly id: string
  readonly traceId: string
  /** When it arrived: ISO 8601, UTC. */
  readonly at: string
  readonly method: string
  /** Path and query, secrets replaced by tokens; cut after 2 048 characters. */
  readonly target: string
  /** The client's address. */
  readonly client: string
  readonly route: string
  readonly capability: string | undefined
  /** What of the route took it: `GET, HEAD /api/customers/:id`. */
  readonly match: string
  /** Where that route stands: `routes.yaml:14`. */
  readonly place: string
  /** Of the route table that it went by. */
  readonly revision: string
  /** What tells its caller apart, and the caller's bucket (0 to 9999) where there is one. */
  readonly caller: {
    readonly by: 'header' | 'edge-cookie' | 'session' | 'nothing'
    readonly bucket: number | undefined
  }
  /** The arm that was to serve it, or the upstream's name for a plain route. */
  readonly arm: string
  /** Why that arm. */
  readonly why: string
  readonly upstream: string
  /** The address that was asked last; undefined when none was. */
  readonly url: string | undefined
  readonly status: number
  readonly outcome: 'answered' | 'cut-by-client' | 'cut-by-upstream' | 'cut-by-edge' | 'fault'
  readonly fault: string | undefined
  readonly detail: string | undefined
  readonly timings: Timings
  /** How often it was sent; 0 when it was not. */
  readonly attempts: number
  /** Another arm answered, because the one that was to serve failed. */
  readonly fallback: { readonly arm: string; readonly because: string } | undefined
  /** What became of its shadow; undefined: it has none. */
  readonly shadow: ObservedShadow | undefined
}

/** Where the time of a request went, in ms; undefined is what did not happen. */
export interface Timings {
  readonly heldMs: number | undefined
  /** Waited for a connection of the upstream. */
  readonly queuedMs: number | undefined
  /** Until a new connection stood. */
  readonly connectMs: number | undefined
  /** Until the answer's head, from the last time that it was sent. */
  readonly headMs: number | undefined
  /** From its arrival to the end of its answer. */
  readonly totalMs: number
}

/** A shadow, and what comparing gave. */
export interface ObservedShadow {
  readonly arm: string
  readonly verdict: 'waiting' | 'left-out' | 'match' | 'noise' | 'mismatch' | 'not-comparable'
  /** Why it is not comparable, or was left out. */
  readonly why: string | undefined
  /** Differences with both values, redacted, at most ten: `$.total  legacy 12.5  service 12.50`. */
  readonly differences: readonly string[]
  /** How many more there are. */
  readonly differencesLeftOut: number
}

/** A request that the edge answered itself. */
export interface RefusedRequest {
  readonly kind: 'refused'
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly status: number
  readonly code: string
  readonly detail: string
  /** As far as they were read. */
  readonly method: string | undefined
  readonly target: string | undefined
  readonly client: string | undefined
  readonly route: string | undefined
}

/** Asks for one request by the id that its answer carried (`X-Request-Id`). */
export interface WhyRequest {
  readonly id: string
}

/** The answer of `POST /why`: clients may send an id of their own, so there can be several; the newest first. */
export interface WhyAnswer {
  readonly formatVersion: 1
  readonly requests: readonly ObservedRequest[]
  readonly memory: MemoryReport
}

/** What the edge remembers of the requests of the last minutes. */
export interface MemoryReport {
  readonly remembered: number
  /** Since when all of them are, but those left out: ISO 8601, UTC; undefined: it remembers none. */
  readonly since: string | undefined
  /** So many that went well are remembered a second, and so many that did not; more in bursts. */
  readonly perSecond: number
  /** How many were left out since the edge started, because more came in a second. */
  readonly leftOut: number
}

/** Which requests to show as they pass: none named means all routes. */
export interface TapRequest {
  readonly routes?: readonly string[]
  /** Only what failed: status 500 and above, no whole answer, a fallback, a mismatch. */
  readonly errors?: boolean
  /** At most so many lines a second, 1 to 5 000; what is beyond is left out and counted. Default 200. */
  readonly perSecond?: number
}

/** One line of the answer of `POST /tap`, which is NDJSON. */
export type TapLine =
  /** A request is over. */
  | { readonly event: 'request'; readonly request: ObservedRequest }
  /** Its shadow was compared. */
  | { readonly event: 'verdict'; readonly request: ServedRequest }
  /** So many lines were left out in the last second: more came than asked for, or than were read. */
  | { readonly event: 'left-out'; readonly sampled: number; readonly unread: number }
