import type { RouteTally } from '@banyan/toolkit/compare'
import type { Arm } from '@banyan/toolkit/routing'

export type {
  MemoryReport,
  ObservedRequest,
  ObservedShadow,
  RefusedRequest,
  ServedRequest,
  TapLine,
  TapRequest,
  Timings,
  WhyAnswer,
  WhyRequest,
} from './observe-api.ts'

/**
 * The edge's admin API: what `banyan` and the console ask of a running edge. It listens on loopback only.
 * Every call needs `Authorization: Bearer <token of .banyan/admin-token>`, except `/healthz` and `/readyz`.
 *
 *     GET  /healthz    200 while the process lives
 *     GET  /readyz     200 when a route table is live and the edge does not drain, else 503
 *     GET  /metrics    Prometheus text
 *     GET  /status     EdgeStatus
 *     GET  /tally      TallyReport
 *     POST /reload     ReloadRequest -> ReloadAnswer; 422 ReloadRefused when the file is no valid route table
 *     POST /probe      ProbeAnswer: sends a made-up read through every configured shadow, and waits for what comes of it, for 8 s at most
 *     POST /recording  RecordingRequest -> NDJSON: a RecordingHeader, then Exchanges, a RecordingTrailer at the end
 *     POST /why        WhyRequest -> WhyAnswer: how a request of the last minutes went, by its id
 *     POST /tap        TapRequest -> NDJSON: a TapLine for each request as it ends, and each verdict of a shadow; 409 `taps-full` beyond 16 readers
 *     POST /applied    AppliedReport -> AppliedAnswer: how far follow is, from the sync worker
 *
 * A cutover holds writes, moves the owner and lets go (docs/decisions/0006):
 *
 *     POST /hold       HoldRequest -> HoldAnswer, once every new write of the capability is parked; 409 `hold-stale` for an epoch that was released already
 *     POST /drained    DrainedRequest -> DrainedAnswer: waits until no write that began before the hold is in flight
 *     POST /fenced     HoldRef -> FencedAnswer: from now on a hold that runs out answers 503; 409 `hold-not-drained` when writes that were let
 *                      past its bound did not end within a second
 *     POST /owner      OwnerRequest -> OwnerAnswer: edits `owner` in the route table's file, and answers when it is live
 *     POST /release    ReleaseRequest -> ReleaseAnswer: held requests go to `owner`, in order of arrival
 */
export const adminPaths = {
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
  status: '/status',
  tally: '/tally',
  reload: '/reload',
  probe: '/probe',
  recording: '/recording',
  why: '/why',
  tap: '/tap',
  applied: '/applied',
  hold: '/hold',
  drained: '/drained',
  fenced: '/fenced',
  owner: '/owner',
  release: '/release',
} as const

/** Requests of one route that one arm (or plain upstream) served, since the edge started. */
export interface ArmStats {
  /** `legacy`, `service`, or the upstream's name for a plain route. */
  readonly arm: string
  readonly requests: number
  /** Answers of status 500 and above, and requests that got no answer from the upstream. */
  readonly errors: number
  readonly latency: Latency
  /** The same of the last 60 to 65 seconds, or since the edge started. */
  readonly lastMinute: {
    /** How many seconds were looked at: requests / seconds is the rate. */
    readonly seconds: number
    readonly requests: number
    readonly errors: number
    readonly latency: Latency
  }
}

/** `counts[i]` answers took at most `boundsMs[i]` (not cumulative); the last count is above every bound. */
export interface Latency {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
}

/** One route as it is live now. */
export interface RouteStatus {
  readonly route: string
  readonly capability: string | undefined
  /** `legacy`, `service`, `owner`, `10%`, or `-> upstream` for a plain route. */
  readonly serve: string
  readonly shadowPercent: number
  readonly arms: readonly ArmStats[]
  /** Requests that legacy answered because the service failed; undefined where that does not happen. */
  readonly fallbacks?: number | undefined
}

/** The answer of `GET /status`. */
export interface EdgeStatus {
  readonly formatVersion: 1
  readonly startedAt: string
  readonly now: string
  readonly file: string
  readonly revision: string
  readonly listen: string
  readonly draining: boolean
  /** Why the file on disk is not live, when the last reload was refused. */
  readonly refused: readonly string[]
  readonly routes: readonly RouteStatus[]
  readonly capabilities: readonly CapabilityStatus[]
  readonly shadow: { readonly queued: number; readonly running: number; readonly shed: number }
  /** One for each route that is shadowed. */
  readonly shadows: readonly ShadowProof[]
  /** Undefined in an edge that is older than they are. */
  readonly limits?: LimitsStatus | undefined
  /** What is always recorded; undefined where the route table wants nothing to be. */
  readonly recording?: RecordingStatus | undefined
  readonly upstreams: readonly UpstreamStatus[]
  /** Lines of its log that were not written since it started: a full disk, a slow reader. */
  readonly logLinesLost?: number
  /** Where the edge is several processes; everything above is of all of them together. */
  readonly workers?: WorkersStatus | undefined
}

/** The processes of an edge that runs several. */
export interface WorkersStatus {
  readonly wanted: number
  readonly running: readonly {
    readonly pid: number
    /** ISO 8601, UTC. */
    readonly startedAt: string
  }[]
  /** Died without being asked to, since the edge started; each was replaced. */
  readonly crashed: number
  /** Of those, killed because their event loop stood still for ten seconds; undefined: the edge does not say. */
  readonly stuck?: number
  /** Replaced because somebody asked for it (SIGHUP). */
  readonly rolled: number
  readonly lastCrash: string | undefined
}

/** One upstream as this edge finds it. */
export interface UpstreamStatus {
  readonly upstream: string
  /** Its URLs, joined by `, `. */
  readonly url: string
  readonly lastError: string | undefined
  /** What its policies do now; undefined from an edge that has none. */
  readonly policies?: UpstreamPolicyStatus | undefined
}

/** What the policies of an upstream do now, and did since the edge started. */
export interface UpstreamPolicyStatus {
  /** Undefined: it has none. */
  readonly breaker: BreakerStatus | undefined
  readonly endpoints: readonly EndpointStatus[]
  /** Requests that were sent again. */
  readonly retries: number
  /** Requests that were not, because the retry budget was used up. */
  readonly overBudget: number
  /** Requests that an open breaker stopped. */
  readonly stopped: number
  /** Times that an address was ejected. */
  readonly ejected: number
}

/** A circuit breaker. */
export interface BreakerStatus {
  /** `half-open`: one request is under way that tries whether the upstream works again. */
  readonly state: 'closed' | 'open' | 'half-open'
  /** Milliseconds until one request may try; 0 unless it is open. */
  readonly leftMs: number
  /** Times that it opened. */
  readonly opened: number
  /** Requests within the window, and how many of them failed; as it was when it opened, unless it is closed. */
  readonly total: number
  readonly failed: number
}

/** One address of an upstream. */
export interface EndpointStatus {
  /** `http://host:port`, with the IP address where the name has several: `http://users:4101 (10.0.0.7)`. */
  readonly url: string
  /** `up`: nothing speaks against it, and nothing checks it; `healthy` and `unhealthy` are what checks say. */
  readonly state: 'up' | 'healthy' | 'unhealthy' | 'ejected'
  /** Requests under way. */
  readonly outstanding: number
  /** Milliseconds until an ejected one gets requests again. */
  readonly leftMs?: number
  /** Why it is unhealthy. */
  readonly why?: string | undefined
}

/** Whether a configured shadow is known to reach its arm, and its verdict the tally. */
export interface ShadowProof {
  readonly route: string
  readonly state: 'proven' | 'unknown' | 'failed'
  /** What showed it: a probe, or traffic that was compared. */
  readonly by: 'probe' | 'traffic' | undefined
  /** When it was probed: ISO 8601, UTC. */
  readonly at: string | undefined
  /** Why it is not proven. */
  readonly why: string | undefined
}

/** The answer of `POST /probe`. */
export interface ProbeAnswer {
  readonly formatVersion: 1
  readonly shadows: readonly ShadowProof[]
}

/** What an edge takes on, and how near it is to its limits. */
export interface LimitsStatus {
  readonly connections: number
  readonly maxConnections: number
  readonly inFlight: number
  readonly maxInFlight: number
  /** How late the event loop was when it was last looked at. */
  readonly lagMs: number
  readonly maxLagMs: number
  /** Heap in use and buffers. */
  readonly memoryBytes: number
  readonly maxMemoryBytes: number
  /** Clients that rates are counted for. */
  readonly rateKeys: number
  /** `strained`: shadows go two at a time; `overloaded`: shadows are left out, and requests are shed. */
  readonly pressure: 'calm' | 'strained' | 'overloaded'
  readonly why: 'lag' | 'memory' | 'utilization' | undefined
  /** Of new requests: those that are answered 503. */
  readonly shedPercent: number
}

/** One capability as the edge knows it. */
export interface CapabilityStatus {
  readonly capability: string
  readonly owner: Arm
  /** Everything committed before this edge time is applied on the other arm; undefined when no worker reports. */
  readonly appliedThrough: string | undefined
  /** The hold that is on; undefined: none. */
  readonly hold: HoldStatus | undefined
  /** Where the route table's file names another owner than the one that a cutover told this edge, which is live. */
  readonly disagrees?: string
}

/** A hold as it is now. */
export interface HoldStatus {
  readonly epoch: number
  /** `fenced` with `leftMs: 0`: it ran out, and writes are answered 503 until it is released, for 15 s at most. */
  readonly phase: 'draining' | 'fenced'
  readonly held: number
  readonly heldBytes: number
  /** Milliseconds until it runs out. */
  readonly leftMs: number
}

/** The standing recording, since the edge started or the route table changed it. */
export interface RecordingStatus {
  readonly folder: string
  readonly percent: number
  readonly exchanges: number
  /** What the folder holds of recordings, this one and older ones, and how much is kept. */
  readonly bytes: number
  readonly keepBytes: number
  /** Left out because a bound was reached, or because nothing could be written. */
  readonly dropped: number
  /** Why nothing is stored; it is tried again each minute. */
  readonly trouble: string | undefined
}

/** The answer of `GET /tally`. `since` changes when the edge restarts: counts begin anew. */
export interface TallyReport {
  readonly formatVersion: 1
  readonly since: string
  readonly routes: readonly RouteTally[]
}

/** Asks the edge to read its file now; with `revision`, only a file of exactly that content is wanted. */
export interface ReloadRequest {
  readonly revision?: string
}

/** The revision that every request sees from now on. */
export interface ReloadAnswer {
  readonly revision: string
}

/** Why the file is refused; the last good route table stays live. */
export interface ReloadRefused {
  readonly code: 'route-table-invalid' | 'revision-differs'
  readonly problems: readonly string[]
  /** What is live. */
  readonly revision: string
}

/** Which routes to record; none named means all. The stream ends when the client closes it or `count` is reached. */
export interface RecordingRequest {
  /** Instead: what the route table always wants recorded; the primary of an edge of several workers asks so. */
  readonly standing?: true
  readonly routes?: readonly string[]
  readonly count?: number
  /**
   * 32 bytes as base64url: the values behind the tokens come too, sealed with this key, as `VaultLine`s between the exchanges.
   */
  readonly vaultKey?: string
}

/** A header or a sealed line of a vault, to be appended to it as it is. */
export interface VaultLine {
  readonly vault: string
}

/** The last line of a recording stream. */
export interface RecordingTrailer {
  readonly end: true
  readonly exchanges: number
  /** Exchanges left out because the reader was slower than the traffic. */
  readonly dropped: number
}

/** From the sync worker: everything that was committed before `through` (edge time, ms) is applied. */
export interface AppliedReport {
  readonly capability: string
  /** Milliseconds since 1970 of the edge's clock, from an earlier AppliedAnswer; undefined in the first call. */
  readonly through?: number
  /**
   * The arm whose changes the worker applies. A report is taken only when that is the owner: after a cutover a worker that
   * still follows the old owner has applied everything, and knows nothing of what the new one wrote. Without it, a
   * report is taken only while this edge has seen no cutover of the capability.
   */
  readonly from?: Arm
}

/** The edge's time now: the worker reads the feed's head after it, and reports it when that head is applied. */
export interface AppliedAnswer {
  readonly now: number
  /** False when the report was not taken: it is of the direction before a cutover, or does not say of which. */
  readonly taken?: boolean
}

/** Parks new writes of a capability. The same epoch again prolongs the hold. */
export interface HoldRequest {
  readonly capability: string
  /** The epoch that the cutover goes to. */
  readonly epoch: number
  /** The hold ends by itself after so long: to the owner while draining, with 503 once fenced. At most 60 000. */
  readonly maxHoldMs: number
  readonly maxRequests: number
  readonly maxBytes: number
}

/** The hold is on. */
export interface HoldAnswer {
  /** Writes that began before it and are in flight. */
  readonly inFlight: number
}

/** One hold by name. */
export interface HoldRef {
  readonly capability: string
  readonly epoch: number
}

/** Waits at most so long, 10 000 at most. */
export interface DrainedRequest extends HoldRef {
  readonly withinMs: number
}

/** `drained` is false when writes are still in flight, `inFlight` of them. */
export interface DrainedAnswer {
  readonly drained: boolean
  readonly inFlight: number
}

/** `held` is false when there is no hold of this epoch (any more). */
export interface FencedAnswer {
  readonly held: boolean
}

/** The owner as the databases say it. An epoch below one that the edge has seen is refused (409 `epoch-passed`). */
export interface OwnerRequest extends HoldRef {
  readonly owner: Arm
}

/** The route table that is live now. */
export interface OwnerAnswer {
  readonly revision: string
  /** False when the file said so already, or could not be written. */
  readonly edited: boolean
  /** Why the file does not say so (read-only, invalid, locked). The owner is live all the same, until the edge restarts. */
  readonly trouble?: string
}

/** Whom held requests go to. */
export interface ReleaseRequest extends HoldRef {
  readonly owner: Arm
}

/** What became of the requests that were held under this epoch; the same again when it is asked again. */
export interface ReleaseAnswer {
  /** Requests that met the hold, those that it refused at once included. */
  readonly held: number
  readonly released: number
  /** Answered 503 with Retry-After, never sent to an upstream. */
  readonly refused: number
  readonly left: number
  /** How long each of them waited, in ms, ascending; at most 10 000 values. */
  readonly waitsMs: readonly number[]
}
