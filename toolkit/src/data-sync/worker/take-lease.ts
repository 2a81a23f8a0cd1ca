import { exitCodes, Fault, formatDurationMs } from '../../base/index.ts'
import type { Lease, LeaseRow } from '../ports/lease.ts'
import type { Progress } from '../progress.ts'
import { buildRate } from '../rate.ts'
import { progressOf, readStatus } from '../status.ts'
import type { SyncJob, SyncJobs } from '../sync-job.ts'

/** How a worker takes its lease. */
export interface LeaseOptions {
  readonly holder: string
  readonly leaseMs: number
  /** Wait until it is free instead of being refused. */
  readonly wait: boolean
  readonly signal?: AbortSignal | undefined
  /** Called each time that it was found to be another's. */
  readonly onWait: (held: LeaseRow) => Promise<void>
}

const longestPauseMs = 250

/**
 * Takes the lease of a job; at once when its holder is known to have ended. Undefined when the signal ends the waiting.
 * Throws `sync-lease-held`, naming the holder, when it is another's and `wait` is false.
 */
export async function takeLease(job: SyncJob, options: LeaseOptions): Promise<Lease | undefined> {
  const { signal, wait, onWait, leaseMs } = options
  const silence = buildSilence(job)
  let silent: number | undefined
  while (signal?.aborted !== true) {
    const answer = await tryLease(job, options, silent)
    if (!('heldBy' in answer)) return answer
    if (!wait) throw leaseHeld(job, answer.heldBy)
    silent = silence(answer.heldBy)
    await onWait(answer.heldBy)
    await job.clock.sleep(Math.min(longestPauseMs, leaseMs / 4), signal).catch(() => undefined)
  }
  return undefined
}

/**
 * The epoch of a holder that was not heard of for twice as long as its lease lasts, by the clock that never jumps. A clock that was set back would let a
 * dead holder's lease last for as long as it was set back.
 */
function buildSilence({ clock }: SyncJob): (held: LeaseRow) => number | undefined {
  let last: { readonly heldBy: LeaseRow; readonly at: number } | undefined
  return (held) => {
    if (last?.heldBy.epoch !== held.epoch || last.heldBy.heartbeatAt !== held.heartbeatAt) {
      last = { heldBy: held, at: clock.monotonic() }
    }
    const lastsMs = Math.max(0, held.expiresAt - held.heartbeatAt)
    return clock.monotonic() - last.at > 2 * lastsMs ? held.epoch : undefined
  }
}

async function tryLease(
  { target, clock, processes }: SyncJob,
  { holder, leaseMs }: LeaseOptions,
  silent: number | undefined,
): Promise<Lease | { readonly heldBy: LeaseRow }> {
  const wish = { holder, leaseMs, process: processes.own, now: clock.now() }
  const answer = await target.leases.acquire(wish)
  if (!('heldBy' in answer)) return answer
  const { process, epoch } = answer.heldBy
  const hasEnded = epoch === silent || (process !== undefined && processes.hasEnded(process))
  if (!hasEnded) return answer
  return await target.leases.acquire({ ...wish, ended: epoch })
}

/** The refusal of a second worker. */
function leaseHeld(job: SyncJob, held: LeaseRow): Fault {
  const ago = formatDurationMs(Math.max(0, job.clock.now() - held.heartbeatAt))
  return new Fault(
    'sync-lease-held',
    `${held.holder} is at work on the sync of ${job.capability} (heartbeat ${ago} ago)`,
    {
      hint: 'one worker applies at a time. Stop that one, or wait: if it has died, its lease ends by itself within seconds',
      exitCode: exitCodes.refused,
    },
  )
}

/** Reports, as the trouble of the progress, whose lease is waited for: when it is met, and when it is renewed. */
export function sayWaiting(
  jobs: SyncJobs,
  onProgress: ((progress: Progress) => void) | undefined,
): LeaseOptions['onWait'] {
  const { clock } = jobs.service
  let met: LeaseRow | undefined
  let said = ''
  return async (held) => {
    if (met?.epoch !== held.epoch) met = held
    const isRenewed = held.expiresAt > met.expiresAt
    const state = `${held.epoch} ${isRenewed}`
    if (state === said) return
    said = state
    const left = formatDurationMs(Math.max(0, held.expiresAt - clock.now()))
    const trouble = isRenewed
      ? `standing by: ${held.holder} is at work`
      : `waiting for the lease of ${held.holder}, which runs out in ${left}`
    onProgress?.({ ...progressOf(await readStatus(jobs), buildRate(clock)), trouble })
  }
}
