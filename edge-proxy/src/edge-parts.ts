import type { RouteTable } from '@banyan/toolkit/routing'
import type { Holds } from './hold/holds.ts'
import type { Writes } from './hold/writes.ts'
import type { Identify } from './identity/identify.ts'
import type { Limits } from './limits/limits.ts'
import type { Observers } from './observe/observers.ts'
import type { Tracing } from './observe/tracing.ts'
import type { AppliedReports } from './passage/applied-reports.ts'
import type { CopyBudget } from './passage/body-copy.ts'
import type { InFlight } from './passage/in-flight.ts'
import type { RecentWriters } from './passage/recent-writers.ts'
import type { Trusts } from './request/client.ts'
import type { EdgeLog } from './settle/access-log.ts'
import type { Recorders } from './settle/recording.ts'
import type { Stats } from './settle/stats.ts'
import type { UpstreamErrors } from './settle/upstream-errors.ts'
import type { Shadow } from './shadow/shadow.ts'
import type { Upstreams } from './upstream/policy/upstreams.ts'

/** What one running edge holds, and each request may use. */
export interface EdgeParts {
  /** The live route table; a request asks once. */
  table(): RouteTable
  readonly upstreams: Upstreams
  readonly shadow: Shadow
  readonly recorders: Recorders
  readonly copies: CopyBudget
  readonly recentWriters: RecentWriters
  readonly applied: AppliedReports
  readonly stats: Stats
  readonly upstreamErrors: UpstreamErrors
  readonly inFlight: InFlight
  /** Whether a peer is a proxy that is believed who its clients are. */
  readonly trusts: Trusts
  readonly identify: Identify
  readonly limits: Limits
  /** Holds of cutovers; where none is on, a write asks once and goes on. */
  readonly holds: Holds
  readonly writes: Writes
  readonly log: EdgeLog
  readonly observers: Observers
  /** Undefined where no OpenTelemetry SDK is registered. */
  readonly tracing: Tracing | undefined
  /** A number from 0 to below 1, for each request's shadow share. */
  dice(): number
  draining(): boolean
}
