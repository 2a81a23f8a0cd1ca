import type { Clock } from '../base/index.ts'
import type { CapabilityManifest } from './capability.ts'
import { type Direction, directionTo } from './direction.ts'
import type { SyncDatabase } from './ports/database.ts'
import type { ChangeFeed } from './ports/feed.ts'
import type { OwnerStore } from './ports/owner.ts'
import type { AggregateReader } from './ports/reader.ts'
import type { SyncTarget } from './ports/target.ts'
import type { Processes } from './worker/this-machine.ts'

/** All that one direction of a capability's sync works with. */
export interface SyncJob {
  readonly capability: string
  readonly direction: Direction
  readonly feed: ChangeFeed
  readonly source: AggregateReader
  readonly target: SyncTarget
  readonly clock: Clock
  readonly processes: Processes
}

/** Both directions of a capability's sync, and who may write on each arm. */
export interface SyncJobs {
  readonly service: SyncJob
  readonly legacy: SyncJob
  readonly owners: { readonly legacy: OwnerStore; readonly service: OwnerStore }
}

/** What the jobs of a capability are made of. */
export interface JobParts {
  readonly manifest: CapabilityManifest
  readonly legacy: SyncDatabase
  readonly service: SyncDatabase
  readonly clock: Clock
  readonly processes: Processes
}

/** The jobs of a capability over its two databases, named by the arm that each goes to. */
export function buildJobs(parts: JobParts): SyncJobs {
  const { manifest, legacy, service } = parts
  const { aggregate } = manifest
  const { columns } = aggregate.translator
  const place = (arm: 'legacy' | 'service') => ({ capability: manifest.name, arm })
  return {
    service: buildJob(parts, 'service'),
    legacy: buildJob(parts, 'legacy'),
    owners: {
      legacy: legacy.owners(place('legacy'), aggregate.legacy, columns?.legacy),
      service: service.owners(place('service'), aggregate.service, columns?.service),
    },
  }
}

function buildJob({ manifest, clock, processes, ...databases }: JobParts, to: 'legacy' | 'service'): SyncJob {
  const direction = directionTo(to, manifest)
  const from = to === 'service' ? 'legacy' : 'service'
  const place = (arm: 'legacy' | 'service') => ({ capability: manifest.name, arm })
  return {
    capability: manifest.name,
    direction,
    clock,
    processes,
    feed: databases[from].feed(place(from), direction.sourceTables),
    source: databases[from].reader(direction.sourceTables),
    target: databases[to].target(place(to), direction.targetTables),
  }
}
