import { type BackfillState, newJob } from './ports/job.ts'
import type { LeaseRow } from './ports/lease.ts'
import type { Lag, Progress } from './progress.ts'
import type { Rate } from './rate.ts'
import type { SyncJob } from './sync-job.ts'

/** Where a sync job stands, as any process can read it from the databases. */
export interface SyncStatus {
  readonly capability: string
  readonly backfill: BackfillState
  readonly quarantined: number
  /** Undefined when no worker is alive or the feed is not the one that is followed: then it is unknown (law 7). */
  readonly lag: Lag | undefined
  /** Undefined when no worker ever ran. */
  readonly worker: WorkerStatus | undefined
  /** Whether the change feed is installed in the source. */
  readonly captured: boolean
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

/** Reads the status of a job from its databases. */
export async function readStatus(job: SyncJob): Promise<SyncStatus> {
  const state = await job.target.readJob()
  const lease = await job.target.leases.read()
  const alive = lease !== undefined && isAlive(job, lease)
  return {
    capability: job.capability,
    backfill: state.backfill,
    quarantined: await job.target.countQuarantined(),
    lag: alive ? await readLag(job) : undefined,
    worker: lease && { holder: lease.holder, alive, lastHeartbeat: lease.heartbeatAt, trouble: lease.trouble },
    captured: (await job.feed.identity()) !== undefined,
  }
}

/** Whether the holder of a lease may still be at work. */
function isAlive({ clock, processes }: SyncJob, lease: LeaseRow): boolean {
  if (lease.expiresAt <= clock.now()) return false
  return lease.process === undefined || !processes.hasEnded(lease.process)
}

/** The status before anything was read. */
export function unknownStatus(job: SyncJob): SyncStatus {
  return {
    capability: job.capability,
    backfill: newJob.backfill,
    quarantined: 0,
    lag: undefined,
    worker: undefined,
    captured: false,
  }
}

/** How far the checkpoint is behind the feed; undefined when it belongs to another feed, or there is none. */
async function readLag(job: SyncJob): Promise<Lag | undefined> {
  const { feed, position } = await job.target.readJob()
  if (position === undefined || feed !== (await job.feed.identity())) return undefined
  const { changes, oldestAt } = await job.feed.pending(position)
  return { changes, ms: oldestAt === undefined ? 0 : Math.max(0, Math.round(job.clock.now() - oldestAt)) }
}

/** A status as progress; `rate` keeps what the rate is made of. */
export function progressOf(status: SyncStatus, rate: Rate): Progress {
  const { phase, copied, total } = status.backfill
  const perSecond = phase === 'running' ? rate.perSecond(copied) : undefined
  const etaMs = perSecond === undefined || perSecond <= 0 ? undefined : (1000 * Math.max(0, total - copied)) / perSecond
  const { lag, quarantined } = status
  return { phase, copied, total, perSecond, etaMs, lag, quarantined, trouble: status.worker?.trouble }
}
