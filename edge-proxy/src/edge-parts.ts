import type { RouteTable } from '@banyan/toolkit/routing'
import type { Holds } from './hold/holds.ts'
import type { Writes } from './hold/writes.ts'
import type { AppliedReports } from './passage/applied-reports.ts'
import type { CopyBudget } from './passage/body-copy.ts'
import type { InFlight } from './passage/in-flight.ts'
import type { RecentWriters } from './passage/recent-writers.ts'
import type { EdgeLog } from './settle/access-log.ts'
import type { Recorders } from './settle/recording.ts'
import type { Stats } from './settle/stats.ts'
import type { UpstreamErrors } from './settle/upstream-errors.ts'
import type { Shadow } from './shadow/shadow.ts'
import type { Sender } from './upstream/sender.ts'

/** What one running edge holds, and each request may use. */
export interface EdgeParts {
  /** The live route table; a request asks once. */
  table(): RouteTable
  readonly sender: Sender
  readonly shadow: Shadow
  readonly recorders: Recorders
  readonly copies: CopyBudget
  readonly recentWriters: RecentWriters
  readonly applied: AppliedReports
  readonly stats: Stats
  readonly upstreamErrors: UpstreamErrors
  readonly inFlight: InFlight
  /** Holds of cutovers; where none is on, a write asks once and goes on. */
  readonly holds: Holds
  readonly writes: Writes
  readonly log: EdgeLog
  /** A number from 0 to below 1, for each request's shadow share. */
  dice(): number
  draining(): boolean
}
