import { type Clock, systemClock } from '../base/index.ts'
import type { AggregateKey, CapabilityManifest } from './capability.ts'
import { buildCutover, type Cutover } from './cutover/build-cutover.ts'
import type { CutoverEdges } from './cutover/edges.ts'
import type { Recovered } from './cutover/report.ts'
import type { SyncDatabase } from './ports/database.ts'
import type { SyncSettings } from './ports/job.ts'
import type { FenceMode, ObservedWriter } from './ports/owner.ts'
import type { Quarantined } from './ports/quarantine.ts'
import type { Progress } from './progress.ts'
import { checkSchema } from './schema-check.ts'
import { buildSchemaWatch } from './schema-watch.ts'
import { isAlive, presentJob, readStatus, type SyncStatus } from './status.ts'
import { requestRetry, steer } from './steer.ts'
import { buildJobs, type SyncJob } from './sync-job.ts'
import { checkInverse, type InverseReport } from './verify/check-inverse.ts'
import { keepReport } from './verify/keep-report.ts'
import { type RepairOptions, repair } from './verify/repair.ts'
import type { RepairReport, TotalsReport, VerifyReport } from './verify/report.ts'
import { compareTotals } from './verify/totals.ts'
import { type VerifyOptions, verify } from './verify/verify.ts'
import type { AppliedThrough } from './worker/applied-through.ts'
import { besideRecovery } from './worker/beside-recovery.ts'
import { readOwners } from './worker/choose-direction.ts'
import { requestBackfill } from './worker/request-backfill.ts'
import type { Step } from './worker/step.ts'
import { type Processes, thisMachine } from './worker/this-machine.ts'
import { work } from './worker/work.ts'

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
  /**
   * The edges of the capability. With them the worker ends a pending cutover whose coordinator is lost, so that the capability is not without an owner; it looks once
   * a second.
   */
  readonly edges?: CutoverEdges
  /** Told of each cutover that the worker ended. */
  readonly onRecovered?: (recovered: Recovered) => void
  /** `caught-up` ends it as soon as everything up to the head is applied. Default `stopped`: goes on until the signal. */
  readonly until?: 'caught-up' | 'stopped'
}

/** What a coordinator may say of itself. */
export interface CoordinatorOptions {
  /** Names it for people. Default: the sync's holder. */
  readonly coordinator?: string
  /** How long its intent still keeps others from recovering it when it fell silent. Default 3000. */
  readonly leaseMs?: number
}

/** The sync of one capability's data: from its owner to the other arm, whichever these are. */
export interface Sync {
  /** Checks both schemas, then installs the change feed in legacy, and the sync's own tables and the ownership in the service's database. Idempotent. */
  install(): Promise<void>
  /** Takes change feeds and fences out of both databases, without a trace. */
  uninstall(): Promise<void>
  /**
   * Copies everything. Where a worker is at work in another process it is asked for it, and watched; else this process does it.
   * Goes on where an earlier backfill was cut off; resolves when it is done, or when the signal ends it.
   */
  backfill(options?: RunOptions): Promise<void>
  /** Applies changes as they come; leaves backfills alone. */
  follow(options?: FollowOptions): Promise<void>
  /** The worker: installs, runs backfills that are wanted or unfinished, follows the owner, whoever that is. */
  work(options?: FollowOptions): Promise<void>
  /** Reads only the databases: any process may ask. */
  status(): Promise<SyncStatus>
  quarantined(limit?: number): Promise<readonly Quarantined[]>
  /** Proves both sides equal through the translator, while writes go on; a whole verification is kept for `status`. With the declared totals. */
  verify(options?: VerifyOptions): Promise<VerifyReport>
  /** Brings the target back to what the source translates to; `dryRun` only shows how. */
  repair(options: RepairOptions): Promise<RepairReport>
  /** Compares the declared sums of both sides at one position. */
  totals(options?: { readonly signal?: AbortSignal }): Promise<TotalsReport>
  /** Whether a sample of what the service holds can be written back to legacy. Default 500 aggregates. */
  checkInverse(sample?: number): Promise<InverseReport>
  /** Asks the worker to take quarantined aggregates up again; default: all. How many they are. */
  retry(keys?: readonly AggregateKey[]): Promise<number>
  /** The worker keeps its lease and applies nothing, until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Changes settings of the running worker; those that are not named stay. Gives what holds now. */
  set(settings: Partial<SyncSettings>): Promise<SyncSettings>
  /** Moves the ownership of writes from one arm to the other, over these edges. Follows in this process meanwhile where no worker does. */
  cutover(edges: CutoverEdges, options?: CoordinatorOptions): Cutover
  /** Installs ownership in both databases, where it is not, and sets what the fence does with writes of the arm that is not the owner. */
  observe(mode: FenceMode): Promise<void>
  /** Whom observing fences saw, by the database that they wrote to. */
  observed(): Promise<{ readonly legacy: readonly ObservedWriter[]; readonly service: readonly ObservedWriter[] }>
  close(): Promise<void>
}

/** Builds the sync of a capability over two open databases. Nothing is read or written before a function is called. */
export function buildSync(parts: SyncParts): Sync {
  const { manifest, legacy, service, holder, clock = systemClock, leaseMs = 5000 } = parts
  const processes = parts.processes ?? thisMachine()
  const jobs = buildJobs({ manifest, legacy, service, clock, processes })
  const schema = buildSchemaWatch(manifest, parts)
  const present = async (): Promise<SyncJob> => presentJob(jobs, await readOwners(jobs))

  return {
    install,
    uninstall: async () => {
      await jobs.owners.legacy.remove()
      await jobs.owners.service.remove()
      await jobs.service.feed.remove()
      await jobs.legacy.feed.remove()
    },
    backfill: async (options = {}) => {
      await checkSchemas()
      const job = await present()
      await job.target.prepare()
      await requestBackfill(jobs, job, {
        ...options,
        run: () => run({ ...options, wait: false }, 'backfills', ({ backfill }) => backfill === 'done'),
      })
    },
    follow: (options = {}) => run(options, 'changes', ({ atHead }) => options.until === 'caught-up' && atHead),
    work: async ({ edges, onRecovered, ...options } = {}) => {
      const working = (signal?: AbortSignal) =>
        run(
          { ...options, ...(signal && { signal }) },
          'all',
          (step) => options.until === 'caught-up' && isCaughtUp(step),
        )
      if (edges === undefined) return await working(options.signal)
      await besideRecovery(cutover(edges), { clock, signal: options.signal, onRecovered, work: working })
    },
    status: async () => {
      await checkSchemas()
      return await readStatus(jobs)
    },
    quarantined: async (limit = 100) => await (await present()).target.quarantined(limit),
    verify: async (options = {}) => {
      await checkSchemas()
      const job = await present()
      const { report } = await verify(job, options)
      const totals =
        manifest.totals === undefined || options.keys !== undefined ? undefined : await totalsOf(job, options)
      return await keepReport(job, totals === undefined ? report : { ...report, totals }, options)
    },
    repair: async (options) => {
      const job = await present()
      return await repair(job, options, () => seeApplied(job, options))
    },
    totals: async (options = {}) => await totalsOf(await present(), options),
    checkInverse: (sample) => checkInverse(jobs, sample),
    retry: async (keys) => await requestRetry(await present(), keys),
    pause: async () => void (await steer(jobs, await present(), { paused: true })),
    resume: async () => void (await steer(jobs, await present(), { paused: false })),
    set: async (settings) => await steer(jobs, await present(), settings),
    cutover,
    observe: async (mode) => {
      for (const owners of [jobs.owners.legacy, jobs.owners.service]) {
        await owners.install()
        await owners.setFence(mode)
      }
    },
    observed: async () => ({
      legacy: await jobs.owners.legacy.observed(),
      service: await jobs.owners.service.observed(),
    }),
    close: async () => {
      await jobs.legacy.feed.close()
      await jobs.service.feed.close()
      await service.close()
      await legacy.close()
    },
  }

  async function install(): Promise<void> {
    await checkSchemas()
    await jobs.service.target.prepare()
    await jobs.service.feed.install()
    await jobs.owners.service.install()
  }

  function cutover(edges: CutoverEdges, { coordinator = holder, ...options }: CoordinatorOptions = {}): Cutover {
    const ensureWorker = (signal: AbortSignal) => run({ signal, wait: true }, 'changes', () => false)
    return buildCutover({ manifest, legacy, service, edges, clock, processes, coordinator, ensureWorker, ...options })
  }

  async function checkSchemas(): Promise<void> {
    const { aggregate } = manifest
    await checkSchema(legacy, aggregate.legacy, aggregate.translator.columns?.legacy)
    await checkSchema(service, aggregate.service, aggregate.translator.columns?.service)
  }

  async function run(options: FollowOptions, extent: Extent, until: (step: Step) => boolean): Promise<void> {
    const { wait = false, ...others } = options
    const begin = async () => {
      await (extent === 'all' ? install() : checkSchemas())
      await schema.look()
    }
    await work(jobs, { ...others, wait, begin, backfills: extent !== 'changes', until, holder, leaseMs, schema })
  }

  function totalsOf(job: SyncJob, { signal }: { readonly signal?: AbortSignal }): Promise<TotalsReport> {
    return compareTotals({ manifest, legacy, service, job, signal })
  }

  /** Waits until no request is left: the worker that is alive applies them, else this process does. */
  async function seeApplied(job: SyncJob, { signal }: RepairOptions): Promise<void> {
    while (signal?.aborted !== true && (await job.target.requested(1)).length > 0) {
      const lease = await job.target.leases.read()
      if (lease !== undefined && isAlive(job, lease)) await clock.sleep(20, signal).catch(() => undefined)
      else await run({ ...(signal && { signal }), wait: true }, 'changes', ({ requests }) => requests === 0)
    }
  }
}

/** What a worker does: it only follows, also runs backfills, or also installs what it needs. */
type Extent = 'changes' | 'backfills' | 'all'

function isCaughtUp({ atHead, backfill }: Step): boolean {
  return atHead && backfill !== 'wanted' && backfill !== 'running'
}
