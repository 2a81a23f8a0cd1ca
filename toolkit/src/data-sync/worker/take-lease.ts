import { exitCodes, Fault, formatDurationMs } from '../../base/index.ts'
import type { Lease, LeaseRow } from '../ports/lease.ts'
import type { SyncJob } from '../sync-job.ts'

/** How a worker takes its lease. */
export interface LeaseOptions {
  readonly holder: string
  readonly leaseMs: number
  /** Wait until it is free instead of being refused. */
  readonly wait: boolean
  readonly signal: AbortSignal | undefined
}

/** Takes the lease of a job. Throws `sync-lease-held`, naming the holder, when it is another's and `wait` is false. */
export async function takeLease(job: SyncJob, options: LeaseOptions): Promise<Lease> {
  for (;;) {
    options.signal?.throwIfAborted()
    const answer = await job.target.leases.acquire(options.holder, job.clock.now(), options.leaseMs)
    if (!('heldBy' in answer)) return answer
    if (!options.wait) throw leaseHeld(job, answer.heldBy)
    await job.clock.sleep(Math.min(250, options.leaseMs / 4), options.signal)
  }
}

/** The refusal of a second worker. */
export function leaseHeld(job: SyncJob, held: LeaseRow): Fault {
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
