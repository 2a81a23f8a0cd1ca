import type { Clock } from '../../base/index.ts'
import type { CapabilityManifest } from '../capability.ts'
import type { SyncDatabase } from '../ports/database.ts'
import type { IdStore } from '../ports/ids.ts'
import { buildJobs, type SyncJobs } from '../sync-job.ts'
import type { Processes } from '../worker/this-machine.ts'
import type { Arm } from './action.ts'
import type { CutoverEdges } from './edges.ts'

/** What a cutover is built from; it closes none of it. */
export interface CutoverParts {
  readonly manifest: CapabilityManifest
  readonly legacy: SyncDatabase
  readonly service: SyncDatabase
  readonly edges: CutoverEdges
  readonly clock: Clock
  readonly processes: Processes
  /** Names this coordinator for people: `host:pid`. */
  readonly coordinator: string
  /** How long the intent of a coordinator that fell silent still keeps others from recovering it. Default 3000. */
  readonly leaseMs?: number
  /**
   * Follows in this process until the signal ends it, and stands by while a worker elsewhere does. Without it the preflight
   * demands a worker that is alive.
   */
  ensureWorker?(signal: AbortSignal): Promise<void>
}

/** The parts, with what is made of them. */
export interface Workbench extends Omit<CutoverParts, 'leaseMs'> {
  readonly capability: string
  readonly leaseMs: number
  readonly jobs: SyncJobs
  readonly ids: Readonly<Record<Arm, IdStore>>
}

/** Makes the jobs and id stores of the parts. Reads and writes nothing. */
export function buildWorkbench(parts: CutoverParts): Workbench {
  const { manifest, legacy, service } = parts
  return {
    ...parts,
    capability: manifest.name,
    leaseMs: parts.leaseMs ?? 3000,
    jobs: buildJobs(parts),
    ids: { legacy: legacy.ids(manifest.aggregate.legacy), service: service.ids(manifest.aggregate.service) },
  }
}
