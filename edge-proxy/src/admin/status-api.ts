import type { Arm } from '@banyan/toolkit/routing'
import type { ShedCounts } from '../shadow/shed-counts.ts'

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
  readonly shadow: ShadowStatus
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

/** What the edge's shadow has to do, and what it left out since the edge started. */
export interface ShadowStatus {
  readonly queued: number
  readonly running: number
  readonly shed: number
  /** The same by why; undefined in an edge that is older than it. */
  readonly shedBy?: ShedCounts | undefined
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
