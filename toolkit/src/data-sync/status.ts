import { parseJson } from '../base/index.ts'
import { type BackfillState, type JobState, newJob, type SyncSettings } from './ports/job.ts'
import type { LeaseRow } from './ports/lease.ts'
import type { CutoverIntent } from './ports/owner.ts'
import type { Lag, Progress } from './progress.ts'
import type { Rate } from './rate.ts'
import type { SyncJob, SyncJobs } from './sync-job.ts'
import type { VerifyReport } from './verify/report.ts'
import { chooseDirection, type OwnerRows, readOwners } from './worker/choose-direction.ts'

/** Where the sync of a capability stands, as any process can read it from the databases. */
export interface SyncStatus {
  readonly capability: string
  /** The way that changes go now; while a cutover moves the owner, the way that they went before. */
  readonly direction: 'to service' | 'to legacy'
  /** The owner rows; undefined where no ownership is installed: then legacy is the owner. */
  readonly owners: OwnerRows
  /** The cutover that is under way. */
  readonly cutover: CutoverIntent | undefined
  readonly backfill: BackfillState
  readonly settings: SyncSettings
  readonly quarantined: number
  /** Aggregates that were asked for and not applied yet; counted up to 1000. */
  readonly requested: number
  /**
   * Undefined when no worker is alive, the feed is not the one that is followed, its heartbeat stands still, or an open transaction
   * holds the horizon down: then it is unknown (law 7).
   */
  readonly lag: Lag | undefined
  /** Why the lag is unknown, where there is more to say: `pid 4711 (psql), a transaction open for 61 s`. */
  readonly lagUnknown: string | undefined
  /** The newest heartbeat of the source that was applied, in milliseconds since 1970. */
  readonly beatAt: number | undefined
  /** Undefined when no worker ever ran. */
  readonly worker: WorkerStatus | undefined
  /** Whether the change feed is installed in the source. */
  readonly captured: boolean
  /** What the last whole verification of this direction found. */
  readonly verified: VerifyReport | undefined
}

/** The worker of a job: its heartbeat tells an idle one from a stuck one. */
export interface WorkerStatus {
  readonly holder: string
  /** Its lease has neither run out nor been given back, and its process is not known to have ended. */
  readonly alive: boolean
  /** Milliseconds since 1970. */
  readonly lastHeartbeat: number
  /** What holds it up, while it tries again. */
  readonly trouble: string | undefined
}

/** A worker writes a heartbeat each second; one that has not come through for so long is missing. */
const beatMissingMs = 10_000

/** Reads the status of a capability's sync from its databases. */
export async function readStatus(jobs: SyncJobs): Promise<SyncStatus> {
  const owners = await readOwners(jobs)
  const job = presentJob(jobs, owners)
  const state = await job.target.readJob()
  const lease = await job.target.leases.read()
  const alive = lease !== undefined && isAlive(job, lease)
  return {
    capability: job.capability,
    direction: job.direction.to === 'service' ? 'to service' : 'to legacy',
    owners,
    cutover: owners.service?.intent ?? owners.legacy?.intent,
    backfill: state.backfill,
    settings: state.settings,
    quarantined: await job.target.countQuarantined(),
    requested: state.feed === undefined ? 0 : (await job.target.requested(1000)).length,
    ...(alive ? await readLag(job, state) : { lag: undefined, lagUnknown: 'no worker is at work' }),
    beatAt: state.beatAt,
    worker: lease && { holder: lease.holder, alive, lastHeartbeat: lease.heartbeatAt, trouble: lease.trouble },
    captured: (await job.feed.identity()) !== undefined,
    verified: verifiedIn(state),
  }
}

/** The job of the present direction; while a cutover moves the owner, that of the direction before. */
export function presentJob(jobs: SyncJobs, owners: OwnerRows): SyncJob {
  const { to } = chooseDirection(owners)
  if (to !== undefined) return jobs[to]
  const intent = owners.service?.intent ?? owners.legacy?.intent
  if (intent !== undefined) return jobs[intent.to]
  return owners.service?.owner === 'service' ? jobs.legacy : jobs.service
}

/** Whether the holder of a lease may still be at work. */
export function isAlive({ clock, processes }: Pick<SyncJob, 'clock' | 'processes'>, lease: LeaseRow): boolean {
  if (lease.expiresAt <= clock.now()) return false
  return lease.process === undefined || !processes.hasEnded(lease.process)
}

/** The status before anything was read. */
export function unknownStatus(job: SyncJob): SyncStatus {
  return {
    capability: job.capability,
    direction: job.direction.to === 'service' ? 'to service' : 'to legacy',
    owners: { legacy: undefined, service: undefined },
    cutover: undefined,
    backfill: newJob.backfill,
    settings: newJob.settings,
    quarantined: 0,
    requested: 0,
    lag: undefined,
    lagUnknown: undefined,
    beatAt: undefined,
    worker: undefined,
    captured: false,
    verified: undefined,
  }
}

type LagReading = Pick<SyncStatus, 'lag' | 'lagUnknown'>

/** How far the checkpoint is behind the feed. */
async function readLag({ feed, clock }: SyncJob, { feed: followed, position, beatAt }: JobState): Promise<LagReading> {
  if (position === undefined) return { lag: undefined, lagUnknown: 'nothing is followed yet' }
  if (followed !== (await feed.identity())) return { lag: undefined, lagUnknown: 'the change feed is another one' }
  const { changes, oldestAt, pinnedBy } = await feed.pending(position)
  if (pinnedBy !== undefined) return { lag: undefined, lagUnknown: `changes wait behind ${pinnedBy}` }
  const sinceBeatMs = beatAt === undefined ? 0 : clock.now() - beatAt
  if (changes === 0 && sinceBeatMs > beatMissingMs) {
    return { lag: undefined, lagUnknown: `no heartbeat came through for ${Math.round(sinceBeatMs / 1000)} s` }
  }
  const ms = oldestAt === undefined ? 0 : Math.max(0, Math.round(clock.now() - oldestAt))
  return { lag: { changes, ms }, lagUnknown: undefined }
}

function verifiedIn({ verified }: JobState): VerifyReport | undefined {
  return verified === undefined ? undefined : (parseJson(verified) as VerifyReport | undefined)
}

/** A status as progress; `rate` keeps what the rate is made of. */
export function progressOf(status: SyncStatus, rate: Rate): Progress {
  const { lag, lagUnknown, quarantined, direction, settings, worker, backfill } = status
  const { phase, copied, total } = backfill
  const perSecond = phase === 'running' ? rate.perSecond(copied) : undefined
  const etaMs = perSecond === undefined || perSecond <= 0 ? undefined : (1000 * Math.max(0, total - copied)) / perSecond
  const paused = settings.paused ? 'paused' : undefined
  const gap = direction === 'to legacy' && phase === 'never' ? backfill.why : undefined
  const trouble = worker?.trouble ?? paused ?? gap ?? (worker?.alive === true ? lagUnknown : undefined)
  return { direction, phase, copied, total, perSecond, etaMs, lag, quarantined, trouble }
}
