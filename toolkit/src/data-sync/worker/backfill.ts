import { applyBatch } from '../apply/apply.ts'
import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { BackfillState, SyncSettings } from '../ports/job.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SaveGuard, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { buildAhead } from './ahead.ts'
import { buildChunkSize, type ChunkWish } from './chunk-size.ts'

const mostNewer = 10_000

/** Begins a backfill that is wanted; goes on with one that runs. */
export async function startBackfill(job: SyncJob, guard: SaveGuard): Promise<BackfillState> {
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
  await job.target.transaction(guard, (transaction) => transaction.writeBackfill(started))
  return started
}

/** Runs the chunks of a job's backfill. */
export interface Backfiller {
  /**
   * One chunk: copies the next aggregates of the source in key order, then sweeps the target for what the source no longer
   * has. The cursor is saved with the chunk. To be run by the applier that also follows, in turn with it: a row that is
   * deleted after its chunk was read is in the feed, behind the checkpoint, and so is removed again.
   */
  chunk(guard: SaveGuard, state: BackfillState, settings: SyncSettings): Promise<BackfillState>
  /** These were applied in a newer state than that of the page that was read ahead. */
  passedBy(keys: readonly AggregateKey[]): void
  /** Drops what was read ahead. */
  forget(): void
}

/** Reads the next page while the present one is saved. */
export function buildBackfiller(job: SyncJob): Backfiller {
  const size = buildChunkSize(job.clock)
  const ahead = buildAhead<LoadedAggregates>()
  const newer = new Set<string>()

  async function copyChunk(guard: SaveGuard, state: BackfillState, limit: number): Promise<BackfillState> {
    const page = await ahead.take(placeOf(state.cursor), () => job.source.page(state.cursor, limit))
    const all = [...page.values()].map(({ key }) => key)
    const keys = newer.size === 0 ? all : all.filter((key) => !newer.has(keyName(key)))
    newer.clear()
    const cursor = all.at(-1)
    if (cursor !== undefined) ahead.begin(placeOf(cursor), () => job.source.page(cursor, limit))
    const next: BackfillState =
      cursor === undefined
        ? { ...state, step: 'sweep', cursor: undefined }
        : { ...state, cursor, copied: state.copied + all.length }
    await applyBatch(job, guard, { keys, images: page, likelyNew: true, mark: writing(next) })
    return next
  }

  return {
    chunk: (guard, state, settings) =>
      size.measure(wishOf(settings), (limit) =>
        state.step === 'copy' ? copyChunk(guard, state, limit) : sweepChunk(job, guard, { state, limit }),
      ),
    passedBy: (keys) => {
      if (!ahead.isBegun()) return
      for (const key of keys) newer.add(keyName(key))
      if (newer.size > mostNewer) forget()
    },
    forget,
  }

  function forget(): void {
    ahead.forget()
    newer.clear()
  }
}

/** A slow rate is kept with small chunks, so that it is even. */
function wishOf({ chunkTimeMs, maxRate }: SyncSettings): ChunkWish {
  return { targetMs: chunkTimeMs, atMost: maxRate === undefined ? undefined : Math.ceil(maxRate / 4) }
}

function placeOf(cursor: AggregateKey | undefined): string {
  return cursor === undefined ? '' : `after ${keyName(cursor)}`
}

async function sweepChunk(
  job: SyncJob,
  guard: SaveGuard,
  { state, limit }: { readonly state: BackfillState; readonly limit: number },
): Promise<BackfillState> {
  const held = await job.target.reader.keysAfter(state.cursor, limit)
  const images = held.length === 0 ? new Map() : await job.source.load(held.map(job.direction.sourceKey))
  const gone = held.map(job.direction.sourceKey).filter((key) => !images.has(keyName(key)))
  const next: BackfillState =
    held.length === 0
      ? { ...state, phase: 'done', cursor: undefined, finishedAt: job.clock.now() }
      : { ...state, cursor: held.at(-1) }
  await applyBatch(job, guard, { keys: gone, images, mark: writing(next) })
  return next
}

function writing(next: BackfillState) {
  return (transaction: TargetTransaction) => transaction.writeBackfill(next)
}
