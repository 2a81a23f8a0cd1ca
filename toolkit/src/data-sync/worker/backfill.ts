import { applyBatch } from '../apply/apply.ts'
import type { BackfillState } from '../ports/job.ts'
import type { Lease } from '../ports/lease.ts'
import type { TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import type { ChunkSize } from './chunk-size.ts'

/** Begins a backfill that is wanted; goes on with one that runs. */
export async function startBackfill(job: SyncJob, lease: Lease): Promise<BackfillState> {
  const { backfill } = await job.target.readJob()
  if (backfill.phase === 'running') return backfill
  const started: BackfillState = {
    phase: 'running',
    step: 'copy',
    cursor: undefined,
    copied: 0,
    total: await job.source.count(),
    startedAt: job.clock.now(),
    finishedAt: undefined,
    why: backfill.why,
  }
  await job.target.transaction(lease, (transaction) => transaction.writeBackfill(started))
  return started
}

/**
 * One chunk of a backfill: copies the next aggregates of the source in key order, then sweeps the target for what the source
 * no longer has. The cursor is saved with the chunk. To be run by the applier that also follows, in turn with it: a row that
 * is deleted after its chunk was read is in the feed, behind the checkpoint, and so is removed again.
 */
export async function backfillChunk(
  job: SyncJob,
  lease: Lease,
  step: { readonly state: BackfillState; readonly size: ChunkSize },
): Promise<BackfillState> {
  return step.state.step === 'copy' ? await copyChunk(job, lease, step) : await sweepChunk(job, lease, step)
}

type Step = { readonly state: BackfillState; readonly size: ChunkSize }

async function copyChunk(job: SyncJob, lease: Lease, { state, size }: Step): Promise<BackfillState> {
  return await size.measure(async (limit) => {
    const images = await job.source.page(state.cursor, limit)
    const keys = [...images.values()].map(({ key }) => key)
    const next: BackfillState =
      keys.length === 0
        ? { ...state, step: 'sweep', cursor: undefined }
        : { ...state, cursor: keys.at(-1), copied: state.copied + keys.length }
    await applyBatch(job, lease, { keys, images, mark: writing(next) })
    return next
  })
}

async function sweepChunk(job: SyncJob, lease: Lease, { state, size }: Step): Promise<BackfillState> {
  return await size.measure(async (limit) => {
    const held = await job.target.reader.keysAfter(state.cursor, limit)
    const images = await job.source.load(held.map(job.direction.sourceKey))
    const gone = held.map(job.direction.sourceKey).filter((key) => !images.has(String(key)))
    const next: BackfillState =
      held.length === 0
        ? { ...state, phase: 'done', cursor: undefined, finishedAt: job.clock.now() }
        : { ...state, cursor: held.at(-1) }
    await applyBatch(job, lease, { keys: gone, images, mark: writing(next) })
    return next
  })
}

function writing(next: BackfillState) {
  return (transaction: TargetTransaction) => transaction.writeBackfill(next)
}
