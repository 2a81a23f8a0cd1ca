import type { RouteTally } from '@banyan/toolkit/compare'
import type { Arm } from '@banyan/toolkit/routing'

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
 *     POST /recording  RecordingRequest -> NDJSON: a RecordingHeader, then Exchanges, a RecordingTrailer at the end
 *     POST /applied    AppliedReport -> AppliedAnswer: how far follow is, from the sync worker
 */
export const adminPaths = {
  health: '/healthz',
  ready: '/readyz',
  metrics: '/metrics',
  status: '/status',
  tally: '/tally',
  reload: '/reload',
  recording: '/recording',
  applied: '/applied',
} as const

/** Requests of one route that one arm (or plain upstream) served, since the edge started. */
export interface ArmStats {
  /** `legacy`, `service`, or the upstream's name for a plain route. */
  readonly arm: string
  readonly requests: number
  /** Answers of status 500 and above, and requests that got no answer from the upstream. */
  readonly errors: number
  /** `counts[i]` answers took at most `boundsMs[i]` (not cumulative); the last count is above every bound. */
  readonly latency: { readonly boundsMs: readonly number[]; readonly counts: readonly number[] }
}

/** One route as it is live now. */
export interface RouteStatus {
  readonly route: string
  readonly capability: string | undefined
  /** `legacy`, `service`, `owner`, `10%`, or `-> upstream` for a plain route. */
  readonly serve: string
  readonly shadowPercent: number
  readonly arms: readonly ArmStats[]
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
  readonly upstreams: readonly {
    readonly upstream: string
    readonly url: string
    readonly lastError: string | undefined
  }[]
}

/** One capability as the edge knows it. */
export interface CapabilityStatus {
  readonly capability: string
  readonly owner: Arm
  /** Everything committed before this edge time is applied on the other arm; undefined when no worker reports. */
  readonly appliedThrough: string | undefined
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
  readonly routes?: readonly string[]
  readonly count?: number
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
}

/** The edge's time now: the worker reads the feed's head after it, and reports it when that head is applied. */
export interface AppliedAnswer {
  readonly now: number
}
