import { type Clock, exitCodes, Fault, systemClock } from '../../base/index.ts'
import type { IdPairs } from '../../compare/ids.ts'
import type { WrittenReport } from '../../compare/report/written-report.ts'
import type { CapabilityManifest } from '../capability.ts'
import { readIdFloors } from '../cutover/run/hand-over-ids.ts'
import { openSyncDatabase } from '../open.ts'
import type { SyncDatabase } from '../ports/database.ts'
import type { ChangeFeed, FeedPosition } from '../ports/feed.ts'
import { buildSync, type Sync } from '../sync.ts'
import { buildJobs, type SyncJobs } from '../sync-job.ts'
import type { VerifyReport } from '../verify/report.ts'
import type { Processes } from '../worker/this-machine.ts'
import { claimCopy } from './copy-database.ts'
import { compareWritten } from './written.ts'

/** What two copies are made ready from. */
export interface TwinDatabasesParts {
  readonly manifest: CapabilityManifest
  /** URLs of the copies. */
  readonly copies: { readonly legacy: string; readonly service: string }
  readonly clock?: Clock
  readonly signal?: AbortSignal | undefined
}

/** The copies of both arms' databases, equal at the beginning; each arm may write its own. */
export interface TwinDatabases {
  /** How equal they were when the arms were let in: the denominator of all that is found afterwards. */
  readonly start: VerifyReport
  /** Compares what was written since, aggregate by aggregate, through the translator. Call it when both arms have stopped writing. */
  written(options: WrittenOptions): Promise<WrittenReport>
  /** Lets go of the copies; it removes nothing. */
  close(): Promise<void>
}

/** How what was written is compared. */
export interface WrittenOptions {
  /** Ids that both arms gave to the same thing. */
  readonly ids: IdPairs
  /** How many differing aggregates are shown. Default 20. */
  readonly samples?: number
  /** Makes a value fit for a report; default: as it is. */
  readonly redact?: (column: string, value: string) => string
}

/**
 * Brings two copies to one state with the capability's own sync, proves it, and then makes each arm the owner of its copy: from there on both write by themselves, and
 * what they write is captured. The sync that production runs knows nothing of it.
 *
 * Throws `twin-cutover-pending`, `twin-unequal`, and what the sync throws.
 */
export async function openTwinDatabases(parts: TwinDatabasesParts): Promise<TwinDatabases> {
  const { copies, clock = systemClock } = parts
  const legacy = await openSyncDatabase(copies.legacy)
  const service = await openSyncDatabase(copies.service).catch(async (thrown: unknown) => {
    await legacy.close()
    throw thrown
  })
  try {
    return await prepare({
      ...parts,
      clock,
      legacy,
      service,
      jobs: buildJobs({ ...parts, clock, processes, legacy, service }),
    })
  } catch (thrown) {
    await service.close()
    await legacy.close()
    throw thrown
  }
}

/** Whoever held a lease when the copy was made works on the original: in a copy nobody but us is at work. */
const processes: Processes = { own: undefined, hasEnded: () => true }

interface Opened extends TwinDatabasesParts {
  readonly clock: Clock
  readonly legacy: SyncDatabase
  readonly service: SyncDatabase
  readonly jobs: SyncJobs
}

async function prepare(opened: Opened): Promise<TwinDatabases> {
  const { manifest, copies, clock, jobs, legacy, service } = opened
  const sync = buildSync({ manifest, legacy, service, clock, processes, holder: 'banyan twin' })
  const start = await bringToOneState(opened, sync)
  await claimCopy(copies.legacy, 'legacy')
  await claimCopy(copies.service, 'service')
  await giveSameIds(opened)
  const marks = { legacy: await markOf(jobs.service.feed), service: await markOf(jobs.legacy.feed) }
  const since = clock.now()
  return {
    start,
    written: async (options) => {
      const report = await compareWritten({ manifest, jobs, marks, since, until: clock.now() }, options)
      const differedBefore = Object.values(start.drift).reduce((sum, count) => sum + count, 0)
      return differedBefore === 0 ? report : { ...report, differedBefore }
    },
    close: async () => {
      await jobs.legacy.feed.close()
      await jobs.service.feed.close()
      await sync.close()
    },
  }
}

/** Follows to the head, or copies everything where nothing was ever followed; what differs even so is copied anew. */
async function bringToOneState({ jobs, signal }: Opened, sync: Sync): Promise<VerifyReport> {
  const options = signal === undefined ? {} : { signal }
  await assertNoCutover(jobs)
  if ((await sync.status()).settings.paused) await sync.resume()
  await sync.work({ ...options, until: 'caught-up' })
  const seen = await sync.verify(options)
  if (seen.equal === true || signal?.aborted === true) return seen
  await sync.backfill(options)
  await sync.work({ ...options, until: 'caught-up' })
  return await sync.verify(options)
}

async function assertNoCutover(jobs: SyncJobs): Promise<void> {
  const [legacy, service] = [await jobs.owners.legacy.read(), await jobs.owners.service.read()]
  const pending = legacy?.intent ?? service?.intent
  if (pending === undefined && legacy?.owner !== 'moving' && service?.owner !== 'moving') return
  throw new Fault(
    'twin-cutover-pending',
    `a cutover of ${jobs.service.capability} was under way when the copies were made`,
    {
      hint: 'wait until it has ended, and begin again',
      exitCode: exitCodes.refused,
    },
  )
}

/** Both arms begin to number new things above what either holds: so what is created in one order gets one number, as far as the databases let us say where they begin. */
async function giveSameIds({ manifest, jobs, legacy, service }: Opened): Promise<void> {
  const { direction } = jobs.service
  const ends = { source: legacy.ids(manifest.aggregate.legacy), target: service.ids(manifest.aggregate.service) }
  const floors = await readIdFloors(ends, direction)
  await ends.target.raiseAbove(floors)
  const { root, ...children } = floors
  const ofRoot = root === undefined ? undefined : direction.sourceKey(root)
  const isNumber = typeof ofRoot === 'number' || typeof ofRoot === 'bigint'
  await ends.source.raiseAbove(isNumber ? { ...children, root: ofRoot } : children)
}

async function markOf(feed: ChangeFeed): Promise<FeedPosition> {
  await feed.install()
  return await feed.head()
}
