export type { AggregateRows, ColumnValue, Row } from '../anti-corruption/index.ts'
export {
  type AggregateKey,
  type AggregateTables,
  type ArmStart,
  type CapabilityManifest,
  type ChildTable,
  defineCapability,
  type KeyColumns,
  type KeyMapping,
  type KeyPart,
  type Total,
  tables,
  type WrittenRule,
} from './capability.ts'
export type { Cutover } from './cutover/build-cutover.ts'
export type { CutoverEdges, EdgeSeen, HoldBounds, HoldReport } from './cutover/edges.ts'
export type { DryStep } from './cutover/preflight/dry-run.ts'
export { type Check, CutoverRefused, type Preflight, type PreflightOptions } from './cutover/preflight/preflight.ts'
export type { CutoverReport, Recovered, StepReport } from './cutover/report.ts'
export type { CutoverOptions } from './cutover/run/run-cutover.ts'
export { cutoverSteps, type StepName } from './cutover/steps.ts'
export { keyName } from './key.ts'
export { lossesOf } from './losses.ts'
export { type OpenOptions, openSyncDatabase } from './open.ts'
export type { Place, SyncDatabase } from './ports/database.ts'
export type { BackfillPhase, BackfillState, SyncSettings } from './ports/job.ts'
export type { CutoverIntent, FenceMode, ObservedWriter, Owner, OwnerAt, OwnerRow } from './ports/owner.ts'
export type { Quarantined, QuarantineKind } from './ports/quarantine.ts'
export { formatProgress, type Lag, type Progress } from './progress.ts'
export type { SyncStatus, WorkerStatus } from './status.ts'
export {
  buildSync,
  type CoordinatorOptions,
  type FollowOptions,
  type RunOptions,
  type Sync,
  type SyncParts,
} from './sync.ts'
export { type CopiedDatabase, type CopyOptions, copyDatabase, copyUrl, removeCopy } from './twin/copy-database.ts'
export {
  openTwinDatabases,
  type TwinDatabases,
  type TwinDatabasesParts,
  type WrittenOptions,
} from './twin/twin-databases.ts'
export type { BrokenInverse, InverseReport } from './verify/check-inverse.ts'
export type { RepairOptions } from './verify/repair.ts'
export type {
  Drifted,
  DriftKind,
  FieldFix,
  RepairFix,
  RepairReport,
  TotalResult,
  TotalsReport,
  VerifyReport,
} from './verify/report.ts'
export type { VerifyOptions } from './verify/verify.ts'
export type { AppliedThrough } from './worker/applied-through.ts'
export type { OwnerRows } from './worker/choose-direction.ts'
export { type Processes, thisMachine } from './worker/this-machine.ts'
