import type { RouteTable } from '@banyan/toolkit/routing'
import type { EdgeLog } from './access-log.ts'
import type { AppliedReports } from './applied-reports.ts'
import type { CopyBudget } from './body-copy.ts'
import type { InFlight } from './in-flight.ts'
import type { RecentWriters } from './recent-writers.ts'
import type { Recorders } from './recording.ts'
import type { Sender } from './sender.ts'
import type { Shadow } from './shadow.ts'
import type { Stats } from './stats.ts'
import type { UpstreamErrors } from './upstream-errors.ts'

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
  readonly log: EdgeLog
  /** A number from 0 to below 1, for each request's shadow share. */
  dice(): number
  draining(): boolean
}
