export type { AggregateRows, ColumnValue, Row } from '../anti-corruption/index.ts'
export {
  type AggregateKey,
  type AggregateTables,
  type CapabilityManifest,
  type ChildTable,
  defineCapability,
  type KeyMapping,
  tables,
} from './capability.ts'
export type { CutoverEdges, EdgeSeen, HoldBounds, HoldReport } from './cutover/edges.ts'
export { type OpenOptions, openSyncDatabase } from './open.ts'
export type { Place, SyncDatabase } from './ports/database.ts'
export type { BackfillPhase, BackfillState } from './ports/job.ts'
export type { Quarantined, QuarantineKind } from './ports/quarantine.ts'
export { formatProgress, type Lag, type Progress } from './progress.ts'
export type { SyncStatus, WorkerStatus } from './status.ts'
export { buildSync, type FollowOptions, type RunOptions, type Sync, type SyncParts } from './sync.ts'
export type { AggregateDifference, EqualityReport, VerifyOptions } from './verify-equal.ts'
export type { AppliedThrough } from './worker/applied-through.ts'
export type { Processes } from './worker/this-machine.ts'
