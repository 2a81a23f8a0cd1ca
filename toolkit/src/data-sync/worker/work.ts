import { Fault } from '../../base/index.ts'
import type { SaveGuard } from '../ports/target.ts'
import type { Progress } from '../progress.ts'
import { buildRate } from '../rate.ts'
import type { SchemaWatch } from '../schema-watch.ts'
import { progressOf, readStatus, unknownStatus } from '../status.ts'
import type { SyncJob, SyncJobs } from '../sync-job.ts'
import type { AppliedThrough } from './applied-through.ts'
import { type Course, chooseDirection, readOwners, sameCourse } from './choose-direction.ts'
import { keepIdle } from './keep-idle.ts'
import { buildSteady } from './steady.ts'
import type { Step } from './step.ts'
import { sayWaiting, takeLease } from './take-lease.ts'
import { runWorker } from './worker.ts'

/** How work in whatever direction is due is done. */
export interface WorkPlan {
  readonly holder: string
  readonly leaseMs: number
  readonly schema: SchemaWatch
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  readonly appliedThrough?: AppliedThrough | undefined
  /** Waits while another worker holds the lease, also after it was lost. */
  readonly wait: boolean
  readonly backfills: boolean
  /** Checks and installs what the work needs; tried again like everything else where the work may wait. */
  begin(): Promise<void>
  /** Ends it; asked after each step. */
  until(step: Step): boolean
}

const movingPauseMs = 50

/**
 * Works in the direction that the owner rows name, one job at a time; chooses anew when they change, or when a save was refused because the owner's epoch had
 * passed. Ends when `until` says so, or with the signal. Throws `sync-lease-held` when another worker holds the lease and `wait` is false.
 */
export async function work(jobs: SyncJobs, plan: WorkPlan): Promise<void> {
  const { signal, onProgress } = plan
  const { clock } = jobs.service
  const steady = buildSteady(clock, signal, async (trouble) => {
    // The databases may be just what cannot be asked.
    if (trouble !== undefined) onProgress?.({ ...progressOf(unknownStatus(jobs.service), buildRate(clock)), trouble })
  })
  await (plan.wait ? steady.run(plan.begin) : plan.begin())
  while (signal?.aborted !== true) {
    const course = await steady.run(async () => chooseDirection(await readOwners(jobs)))
    if (course === undefined) return
    if (course.to === undefined) await clock.sleep(movingPauseMs, signal).catch(() => undefined)
    else if ((await follow(jobs, course, plan)) === 'ended') return
  }
}

type Open = Extract<Course, { readonly epoch: number | undefined }>

/** Works in one direction, until the work is at its end or the direction is another. */
async function follow(jobs: SyncJobs, course: Open, plan: WorkPlan): Promise<'ended' | 'anew'> {
  const job = jobs[course.to]
  try {
    await job.target.prepare()
    const onWait = sayWaiting(jobs, plan.onProgress)
    const lease = await takeLease(job, {
      ...plan,
      onWait: async (held) => {
        await assertCourse(jobs, course)
        await onWait(held)
      },
    })
    if (lease === undefined) return 'ended'
    await run(jobs, { lease, epoch: course.epoch }, { course, plan, job })
    return 'ended'
  } catch (thrown) {
    if (isPassed(thrown) || (plan.wait && isLost(thrown))) return 'anew'
    throw thrown
  }
}

interface Work {
  readonly course: Course
  readonly plan: WorkPlan
  readonly job: SyncJob
}

async function run(jobs: SyncJobs, guard: SaveGuard, { course, plan, job }: Work): Promise<void> {
  const idle = jobs[job.direction.to === 'service' ? 'legacy' : 'service']
  let urgent = false
  try {
    await runWorker(job, {
      guard,
      leaseMs: plan.leaseMs,
      signal: plan.signal,
      onProgress: plan.onProgress,
      appliedThrough: plan.appliedThrough,
      backfills: plan.backfills,
      until: plan.until,
      checkCourse: async () => {
        urgent = await assertCourse(jobs, course)
      },
      checkSchema: async () => {
        await plan.schema.look()
      },
      keepIdle: () => keepIdle(idle, jobs),
      isUrgent: () => urgent,
      readStatus: () => readStatus(jobs),
    })
  } finally {
    await job.target.leases.release(guard.lease, job.clock.now()).catch(() => undefined) // It runs out by itself.
  }
}

/** Throws `sync-epoch-passed` when the owner rows name another course by now; else whether a cutover is under way. */
async function assertCourse(jobs: SyncJobs, course: Course): Promise<boolean> {
  const owners = await readOwners(jobs)
  if (!sameCourse(chooseDirection(owners), course)) {
    throw new Fault('sync-epoch-passed', `the owner of ${jobs.service.capability} has changed`)
  }
  return (owners.legacy?.intent ?? owners.service?.intent) !== undefined
}

function isPassed(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'sync-epoch-passed'
}

// A database that was locked for longer than the lease: what is written since is another's, who stops or goes on.
function isLost(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'sync-lease-lost'
}
