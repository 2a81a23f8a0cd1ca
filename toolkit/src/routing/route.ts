import type { EdgeLimits, RequestLimits } from './limits-rule.ts'
import type { ListenRule } from './listen-rule.ts'
import type { AccessLogRule } from './observe-rule.ts'
import type { RoutePolicy, UpstreamPolicy } from './policy.ts'
import type { RateRule } from './rate-rule.ts'
import type { RewriteRule } from './rewrite-rule.ts'
import type { RouteIndex } from './route-index.ts'

/** One of the two sides of a capability. */
export type Arm = 'legacy' | 'service'

/** The other side of a capability. */
export function otherArm(arm: Arm): Arm {
  return arm === 'legacy' ? 'service' : 'legacy'
}

/** Who answers: one arm, the capability's owner, or the service for `percent` (above 0, below 100) of all callers. */
export type Serve =
  | { readonly kind: 'legacy' }
  | { readonly kind: 'service' }
  | { readonly kind: 'owner' }
  | { readonly kind: 'share'; readonly percent: number }

/** A named base URL (or several) that can answer. */
export interface Upstream {
  readonly name: string
  /** Origins (`http://host:port`), without a path; at least one. */
  readonly urls: readonly URL[]
  /** `preserve` sends the client's Host (default), `upstream` the upstream's own. */
  readonly host: 'preserve' | 'upstream'
  /** A PEM file with the certificate authority to trust, absolute; undefined trusts the system's. */
  readonly caFile: string | undefined
  /** How long the upstream may take until its response headers: `policy.timeouts.headerMs`. Default 30 000. */
  readonly timeoutMs: number
  readonly policy: UpstreamPolicy
}

/**
 * How a difference is treated that people have accepted. The rule holds for exactly the path that it says. It is what
 * comparing calls a rule; the words are explained there and in docs/comparing.md.
 */
export type CompareRule = {
  /** `$.lastSeenAt`, `$.items[*].id`, `header:etag`, `status`. */
  readonly path: string
  readonly reason: string
  /** The last day, as an ISO date. */
  readonly until?: string | undefined
  /** From 0 to 1. */
  readonly atMostShare?: number | undefined
} & (
  | { readonly ignore: true }
  | { readonly set: true }
  | { readonly keyed: string }
  | { readonly tolerance: number }
  | { readonly instantMs: number }
  | { readonly id: true }
)

/** A business ability that moves as one piece. */
export interface Capability {
  readonly name: string
  readonly legacy: Upstream
  readonly service: Upstream
  /** The arm that may write; mirrors the databases, and only a cutover changes it. */
  readonly owner: Arm
  /** The capability manifest, absolute; undefined when no data is synced. */
  readonly manifest: string | undefined
  /** Where the environment names each arm's database URL. */
  readonly databases:
    | { readonly legacy: { readonly env: string }; readonly service: { readonly env: string } }
    | undefined
  readonly compare: readonly CompareRule[]
}

/** One segment of a path pattern; `rest` stands only at the end and also matches nothing. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'rest' }

/** Which requests a route takes. All that is given must hold; nothing given always holds. */
export interface RouteMatch {
  /** Exact, lower case, without port unless the pattern has one. */
  readonly host: string | undefined
  readonly path: string
  readonly segments: readonly Segment[]
  /** Upper case. GET also takes HEAD. Empty: every method. */
  readonly methods: readonly string[]
  /** Header name (lower case) to exact value; the empty string means "present". */
  readonly headers: ReadonlyMap<string, string>
  /** Query parameter to exact value; the empty string means "present". */
  readonly query: ReadonlyMap<string, string>
}

/** Where a route sends: to an arm of a capability by its two knobs, or to a plain upstream. */
export type RouteTarget =
  | {
      readonly kind: 'capability'
      readonly capability: Capability
      readonly serve: Serve
      readonly shadowPercent: number
      /** Given: requests that write are shadowed as well, and the other arm executes them. The reason why that is safe. */
      readonly shadowWrites: { readonly reason: string } | undefined
    }
  | {
      readonly kind: 'upstream'
      readonly upstream: Upstream
      /** The capability whose service this upstream is, and no other's: what is written there are its data. */
      readonly serviceOf: Capability | undefined
    }

/** Which requests, which capability, who serves, how much is shadowed. */
export interface Route {
  readonly name: string
  /** Position in the file, from 0. */
  readonly index: number
  /** Where the route begins in the file, from 1. */
  readonly line: number
  readonly match: RouteMatch
  readonly target: RouteTarget
  readonly policy: RoutePolicy
  /** All must hold; empty: as many requests as come. */
  readonly rates: readonly RateRule[]
  readonly limits: RequestLimits
  /** Undefined: answers stay as they are. */
  readonly rewrite: RewriteRule | undefined
  /** Whether answers tell who gave them, and how long it took. */
  readonly expose: boolean
}

/** What an edge stores of the traffic. */
export interface RecordingRule {
  /** What is always recorded; undefined where only `banyan record` records. */
  readonly standing: StandingRecording | undefined
  /** Of each body, at most 1 MiB. */
  readonly maxBodyBytes: number
  readonly redact: {
    readonly headers: readonly string[]
    readonly fields: readonly string[]
    /** JSON paths. */
    readonly paths: readonly string[]
    readonly keep: readonly string[]
  }
}

/** A recording that goes on as long as the edge runs. */
export interface StandingRecording {
  /** The share of callers, above 0 to 100; all requests of one caller are recorded, or none. */
  readonly percent: number
  /** By name. */
  readonly routes: ReadonlySet<string>
  /** Absolute. */
  readonly folder: string
  readonly partBytes: number
  readonly keepBytes: number
  /** Whether the values behind the tokens go into an encrypted vault beside it. */
  readonly vault: boolean
}

/** The immutable, validated list of routes. Made by `parseRouteTable`, never by hand. */
export interface RouteTable {
  /** The file as it was named to `parseRouteTable`. */
  readonly file: string
  /** Content hash of the file: 12 hex digits of its SHA-256. */
  readonly revision: string
  /** Admin addresses of every edge, as URLs without a trailing slash. */
  readonly edges: readonly string[]
  readonly listen: ListenRule
  readonly limits: EdgeLimits
  /** How a caller is told apart before the edge's own cookie: by a header (an API key) or a session cookie. */
  readonly caller: { readonly cookie: string | undefined; readonly header: string | undefined }
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly capabilities: ReadonlyMap<string, Capability>
  readonly routes: readonly Route[]
  /** The routes as `matchRoute` finds them. */
  readonly index: RouteIndex
  readonly accessLog: AccessLogRule
  /** Undefined: the defaults hold, and only `banyan record` records. */
  readonly recording: RecordingRule | undefined
}

/** Methods that do not change anything on the server (RFC 9110, section 9.2.1). */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
