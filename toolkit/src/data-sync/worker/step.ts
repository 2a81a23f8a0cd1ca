import type { JobState } from '../ports/job.ts'
import type { SyncJob } from '../sync-job.ts'
import { buildEdgeTimes } from './applied-through.ts'
import { applyRequests } from './apply-requests.ts'
import { buildBackfiller, startBackfill } from './backfill.ts'
import { buildFollower } from './follow.ts'
import { buildPace } from './pace.ts'
import type { WorkerOptions } from './worker.ts'

/** What one step of the worker came to. */
export interface Step {
  readonly backfill: JobState['backfill']['phase']
  /** Everything up to the head that it read is applied. */
  readonly atHead: boolean
  /** Requests that it applied. */
  readonly requests: number
  /** There was nothing to do. */
  readonly idle: boolean
}

type StepOptions = Pick<WorkerOptions, 'guard' | 'appliedThrough' | 'backfills'>

/** One step after the other: the next changes of the feed, what was asked for, and a chunk of the backfill. Nothing while the job is paused. */
export function buildStep(job: SyncJob, { guard, appliedThrough, backfills }: StepOptions): () => Promise<Step> {
  const follower = buildFollower(job)
  const backfiller = buildBackfiller(job)
  const pace = buildPace(job)
  const edges = buildEdgeTimes(appliedThrough, job.clock)
  const from = job.direction.to === 'service' ? 'legacy' : 'service'
  let edgeTime: number | undefined

  return async () => {
    edgeTime ??= edges.take() // Before the head is read, else a write between the two would count as applied.
    const state = await job.target.readJob()
    const { phase } = state.backfill
    if (state.settings.paused) return { backfill: phase, atHead: false, requests: 0, idle: true }
    const { atHead, applied, quarantined, keys } = await follower.once(guard, state)
    if (atHead) {
      edges.passed(edgeTime, from)
      edgeTime = undefined
    }
    backfiller.passedBy(keys)
    const requests = await applyAsked()
    const idle = atHead && applied + quarantined + requests === 0
    const wanted = backfills && (phase === 'wanted' || phase === 'running')
    if (!wanted || !(await pace.mayCopy(state, atHead))) return { backfill: phase, atHead, requests, idle }
    return { backfill: await copy(state), atHead, requests, idle: false }
  }

  async function applyAsked(): Promise<number> {
    const requests = await applyRequests(job, guard)
    if (requests > 0) {
      // Read before, it would undo for a while what a cutover is just about to compare.
      follower.forget()
      backfiller.forget()
    }
    return requests
  }

  async function copy({ backfill, settings }: JobState): Promise<Step['backfill']> {
    const running = backfill.phase === 'wanted' ? await startBackfill(job, guard) : backfill
    const next = await backfiller.chunk(guard, running, settings)
    pace.copied(next.copied - running.copied, settings)
    return next.phase
  }
}
