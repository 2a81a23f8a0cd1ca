import type { RouteTally } from '@banyan/toolkit/compare'
import type { Arm } from '@banyan/toolkit/routing'
import type { ShadowProof } from './status-api.ts'

export type {
  DrainedAnswer,
  DrainedRequest,
  FencedAnswer,
  HoldAnswer,
  HoldRef,
  HoldRequest,
  OwnerAnswer,
  OwnerRequest,
  ReleaseAnswer,
  ReleaseRequest,
} from './cutover-api.ts'
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
export type {
  ArmStats,
  BreakerStatus,
  CapabilityStatus,
  EdgeStatus,
  EndpointStatus,
  HoldStatus,
  Latency,
  LimitsStatus,
  RecordingStatus,
  RouteStatus,
  ShadowProof,
  UpstreamPolicyStatus,
  UpstreamStatus,
  WorkersStatus,
} from './status-api.ts'

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

/** The answer of `POST /probe`. */
export interface ProbeAnswer {
  readonly formatVersion: 1
  readonly shadows: readonly ShadowProof[]
}
