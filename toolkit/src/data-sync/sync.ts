import { type Clock, Fault, systemClock } from '../base/index.ts'
import type { CapabilityManifest } from './capability.ts'
import { directionTo } from './direction.ts'
import type { SyncDatabase } from './ports/database.ts'
import type { Quarantined } from './ports/quarantine.ts'
import type { Progress } from './progress.ts'
import { checkSchema } from './schema-check.ts'
import { readStatus, type SyncStatus } from './status.ts'
import type { SyncJob } from './sync-job.ts'
import { type EqualityReport, type VerifyOptions, verifyEqual } from './verify-equal.ts'
import type { AppliedThrough } from './worker/applied-through.ts'
import { requestBackfill } from './worker/request-backfill.ts'
import { sayWaiting, takeLease } from './worker/take-lease.ts'
import { type Processes, thisMachine } from './worker/this-machine.ts'
import { runWorker, type Step } from './worker/worker.ts'

/** What a sync is built from. It closes both databases when it is closed. */
export interface SyncParts {
  readonly manifest: CapabilityManifest
  readonly legacy: SyncDatabase
  readonly service: SyncDatabase
  /** Names this worker for people; unique among processes, for example `host:pid`. */
  readonly holder: string
  readonly clock?: Clock
  /** How long the lease of a worker that fell silent still holds. Default 5000. */
  readonly leaseMs?: number
  /** Tells of the holder of a lease whether it has ended. Default: `thisMachine`. */
  readonly processes?: Processes
}

/** Options of whatever runs for a while. */
export interface RunOptions {
  /** Ends it; what was begun in a transaction is finished or rolled back. */
  readonly signal?: AbortSignal
  /** Called about twice a second, and at the end. */
  readonly onProgress?: (progress: Progress) => void
}

/** Options of following. */
export interface FollowOptions extends RunOptions {
  readonly appliedThrough?: AppliedThrough
  /** Waits while another worker holds the lease, also after it was lost. Default false: throws `sync-lease-held`. */
  readonly wait?: boolean
  /** `caught-up` ends it as soon as everything up to the head is applied. Default `stopped`: goes on until the signal. */
  readonly until?: 'caught-up' | 'stopped'
}

/** The sync of one capability's data, from legacy to service. */
export interface Sync {
  /** Checks both schemas, then installs the change feed in the source and the sync's own tables in the target. Idempotent. */
  install(): Promise<void>
  /** Takes the change feed out of the source, without a trace. */
  uninstall(): Promise<void>
  /**
   * Copies everything. Where a worker is at work in another process it is asked for it, and watched; else this process does it.
   * Goes on where an earlier backfill was cut off; resolves when it is done, or when the signal ends it.
   */
  backfill(options?: RunOptions): Promise<void>
  /** Applies changes as they come; leaves backfills alone. */
  follow(options?: FollowOptions): Promise<void>
  /** The worker: installs, runs backfills that are wanted or unfinished, follows. */
  work(options?: FollowOptions): Promise<void>
  /** Reads only the databases: any process may ask. */
  status(): Promise<SyncStatus>
  quarantined(limit?: number): Promise<readonly Quarantined[]>
  verifyEqual(options?: VerifyOptions): Promise<EqualityReport>
  close(): Promise<void>
}

/** Builds the sync of a capability over two open databases. Nothing is read or written before a function is called. */
export function buildSync(parts: SyncParts): Sync {
  const { manifest, legacy, service, holder, clock = systemClock, leaseMs = 5000 } = parts
  const direction = directionTo('service', manifest)
  const place = { capability: manifest.name, arm: 'legacy' } as const
  const job: SyncJob = {
    capability: manifest.name,
    direction,
    clock,
    processes: parts.processes ?? thisMachine(),
    feed: legacy.feed(place, direction.sourceTables),
    source: legacy.reader(direction.sourceTables),
    target: service.target({ capability: manifest.name, arm: 'service' }, direction.targetTables),
  }

  return {
    install: async () => {
      await prepare()
      await job.feed.install()
    },
    uninstall: () => job.feed.remove(),
    backfill: async (options = {}) => {
      await prepare()
      await requestBackfill(job, {
        ...options,
        run: () => hold(options, { backfills: true, until: ({ backfill }) => backfill === 'done' }),
      })
    },
    follow: (options = {}) => workAs(options, false),
    work: (options = {}) => workAs(options, true),
    status: async () => {
      await checkSchemas()
      return await readStatus(job)
    },
    quarantined: (limit = 100) => job.target.quarantined(limit),
    verifyEqual: (options = {}) => verifyEqual(job, options),
    close: async () => {
      await service.close()
      await legacy.close()
    },
  }

  async function prepare(): Promise<void> {
    await checkSchemas()
    await job.target.prepare()
  }

  async function checkSchemas(): Promise<void> {
    const { columns } = manifest.aggregate.translator
    await checkSchema(legacy, direction.sourceTables, columns?.legacy)
    await checkSchema(service, direction.targetTables, columns?.service)
  }

  async function workAs(options: FollowOptions, backfills: boolean): Promise<void> {
    await prepare()
    const caughtUp = ({ atHead, backfill }: Step) =>
      atHead && !(backfills && (backfill === 'wanted' || backfill === 'running'))
    await hold(options, { backfills, until: options.until === 'caught-up' ? caughtUp : () => false })
  }

  async function hold(
    options: FollowOptions,
    run: { readonly backfills: boolean; readonly until: (step: Step) => boolean },
  ): Promise<void> {
    const { signal, onProgress, appliedThrough, wait = false } = options
    const lease = await takeLease(job, { holder, leaseMs, wait, signal, onWait: sayWaiting(job, onProgress) })
    if (lease === undefined) return
    const lost = await runWorker(job, { lease, leaseMs, signal, onProgress, appliedThrough, ...run })
      .then(() => false)
      .catch((thrown: unknown) => {
        // A database that was locked for longer than the lease: what is written since is another's, who stops or goes on.
        if (wait && thrown instanceof Fault && thrown.code === 'sync-lease-lost') return true
        throw thrown
      })
      .finally(() => job.target.leases.release(lease, clock.now()).catch(() => undefined)) // It runs out by itself.
    if (lost) await hold(options, run)
  }
}
