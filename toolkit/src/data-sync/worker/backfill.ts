import { applyBatch, applySlices, type Slice } from '../apply/apply.ts'
import { isVacant, vacancyBehind } from '../apply/befores.ts'
import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { BackfillState, SyncSettings } from '../ports/job.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SaveGuard, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { buildAhead } from './ahead.ts'
import { buildChunkSize, type ChunkBounds, type ChunkWish } from './chunk-size.ts'

const mostNewer = 10_000

/** Begins a backfill that is wanted; goes on with one that runs. */
export async function startBackfill(job: SyncJob, guard: SaveGuard): Promise<BackfillState> {
  const { backfill } = await job.target.readJob()
  if (backfill.phase === 'running') return backfill
  const started: BackfillState = {
    phase: 'running',
    step: await firstStep(job),
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

// Into a target that holds nothing comes only what this job brings, and what it brings it also removes: the feed tells of it.
async function firstStep({ target }: SyncJob): Promise<BackfillState['step']> {
  return (await target.reader.keysAfter(undefined, 1)).length === 0 ? 'fill' : 'copy'
}

/** Runs the chunks of a job's backfill. */
export interface Backfiller {
  /**
   * One chunk: copies the next aggregates of the source in key order, then (unless the target held nothing when it began) sweeps the
   * target for what the source no longer has. The cursor is saved with the chunk. To be run by the applier that also follows, in turn with it: a row that is
   * deleted after its chunk was read is in the feed, behind the checkpoint, and so is removed again.
   */
  chunk(guard: SaveGuard, state: BackfillState, settings: SyncSettings): Promise<BackfillState>
  /** These were applied in a newer state than that of the page that was read ahead. */
  passedBy(keys: readonly AggregateKey[]): void
  /** Drops what was read ahead. */
  forget(): void
}

/** How many aggregates are in memory at once: what outlives V8's young generation would double the worker's memory. */
const slice = 500
const keysAtOnce: ChunkBounds = { smallest: 100, largest: 10_000 }

/** Reads the next slice while the present one is saved, where the source can be read while this process does something else. */
export function buildBackfiller(job: SyncJob): Backfiller {
  const size = buildChunkSize(job.clock)
  const sweepSize = buildChunkSize(job.clock, keysAtOnce)
  const ahead = buildAhead<LoadedAggregates>()
  const newer = new Set<string>()

  // One transaction of many slices: a chunk costs as many round trips and as much waiting for the disk as a slice would.
  async function copyChunk(guard: SaveGuard, state: BackfillState, limit: number): Promise<BackfillState> {
    const { targetKey } = job.direction
    const vacancy = await vacancyBehind(job, state.cursor === undefined ? undefined : targetKey(state.cursor))
    const first = await takeSlice(state.cursor, limit)
    let at = state

    async function* slices(): AsyncGenerator<Slice> {
      for (let page = first, left = limit; ; page = await takeSlice(at.cursor, left)) {
        at = passed(at, page, job.clock.now())
        left -= page.size
        if (page.size > 0 && job.source.overlaps) begin(at.cursor, left > 0 ? left : limit)
        const keys = stillPresent(page)
        yield { keys, images: page, held: isVacant(vacancy, keys.map(targetKey)) ? 'none' : 'few' }
        if (page.size === 0 || left <= 0) return
      }
    }

    return await job.target.transaction(guard, async (transaction) => {
      await applySlices(job, transaction, slices())
      await transaction.writeBackfill(at)
      return at
    })
  }

  async function takeSlice(cursor: AggregateKey | undefined, limit: number): Promise<LoadedAggregates> {
    return await ahead.take(placeOf(cursor), () => job.source.page(cursor, Math.min(slice, limit)))
  }

  function begin(cursor: AggregateKey | undefined, limit: number): void {
    ahead.begin(placeOf(cursor), () => job.source.page(cursor, Math.min(slice, limit)))
  }

  function stillPresent(page: LoadedAggregates): readonly AggregateKey[] {
    const all = [...page.values()].map(({ key }) => key)
    if (newer.size === 0) return all
    const keys = all.filter((key) => !newer.has(keyName(key)))
    newer.clear()
    return keys
  }

  return {
    chunk: (guard, state, settings) =>
      (state.step === 'sweep' ? sweepSize : size).measure(wishOf(settings), (limit) =>
        state.step === 'sweep' ? sweepChunk(job, guard, { state, limit }) : copyChunk(guard, state, limit),
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

/** Where a backfill stands after this slice; an empty one is the end of its step. */
function passed(state: BackfillState, page: LoadedAggregates, now: number): BackfillState {
  if (page.size > 0) return { ...state, cursor: [...page.values()].at(-1)?.key, copied: state.copied + page.size }
  return state.step === 'fill' ? finished(state, now) : { ...state, step: 'sweep', cursor: undefined }
}

function finished(state: BackfillState, now: number): BackfillState {
  return { ...state, phase: 'done', cursor: undefined, finishedAt: now }
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
  const next = held.length === 0 ? finished(state, job.clock.now()) : { ...state, cursor: held.at(-1) }
  const gone = await goneOf(job, held.map(job.direction.sourceKey))
  await applyBatch(job, guard, { keys: gone, images: new Map(), mark: writing(next) })
  return next
}

/** Which of these the source no longer has; what is missing at first sight may only be written differently, so it is loaded. */
async function goneOf({ source }: SyncJob, keys: readonly AggregateKey[]): Promise<readonly AggregateKey[]> {
  if (keys.length === 0) return []
  const present = new Set((await source.present(keys)).map(keyName))
  const missing = keys.filter((key) => !present.has(keyName(key)))
  const images = missing.length === 0 ? new Map() : await source.load(missing)
  return missing.filter((key) => !images.has(keyName(key)))
}

function writing(next: BackfillState) {
  return (transaction: TargetTransaction) => transaction.writeBackfill(next)
}
