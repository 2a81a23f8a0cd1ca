export type { AggregateRows, ColumnValue, Row } from '../anti-corruption/index.ts'
export type { AppliedThrough } from './applied-through.ts'
export {
  type AggregateKey,
  type AggregateTables,
  type CapabilityManifest,
  type ChildTable,
  defineCapability,
  type KeyMapping,
  tables,
} from './capability.ts'
export type { Place, SyncDatabase } from './database.ts'
export type { BackfillPhase, BackfillState } from './job.ts'
export { openSyncDatabase } from './open.ts'
export { formatProgress, type Lag, type Progress } from './progress.ts'
export type { Quarantined, QuarantineKind } from './quarantine.ts'
export type { SyncStatus, WorkerStatus } from './status.ts'
export { buildSync, type FollowOptions, type RunOptions, type Sync, type SyncParts } from './sync.ts'
export type { AggregateDifference, EqualityReport, VerifyOptions } from './verify-equal.ts'
