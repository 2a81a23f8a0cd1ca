import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { QuarantineEntry } from '../ports/quarantine.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SaveGuard, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { loadBefores } from './befores.ts'
import { retryWithNeighbours } from './conflict.ts'
import { type Translated, translateAll } from './translate-batch.ts'

/** Aggregates of the source, in the state that `images` shows; one without an image is gone. */
export interface Slice {
  readonly keys: readonly AggregateKey[]
  readonly images: LoadedAggregates
  /** What is known of the target: `none`, it holds none of them; `few`, most are likely to be new, so that a look whether it holds any at all pays. */
  readonly held?: 'none' | 'few'
}

/** What is to be applied by itself. */
export interface Batch extends Slice {
  /** Written in the same transaction: the checkpoint, or the backfill's cursor. */
  mark(transaction: TargetTransaction): Promise<void>
}

/** What came of a batch. */
export interface Applied {
  readonly applied: number
  readonly quarantined: number
}

/** Applies a batch in one transaction of the target, with its mark. Applying twice equals applying once (law 4). */
export async function applyBatch(job: SyncJob, guard: SaveGuard, batch: Batch): Promise<Applied> {
  return await job.target.transaction(guard, async (transaction) => {
    const applied = await applyWithin(job, transaction, batch)
    await batch.mark(transaction)
    return applied
  })
}

/**
 * Applies a part of what a transaction of the target brings: translates each aggregate with what the target holds now, saves, and sets
 * aside what cannot be translated or saved.
 */
async function applyWithin(job: SyncJob, transaction: TargetTransaction, slice: Slice): Promise<Applied> {
  return await save(job, transaction, await translated(job, transaction, slice))
}

/** Applies slices one after the other; while one is saved the next is read, and translated where nothing need be asked for that. */
export async function applySlices(
  job: SyncJob,
  transaction: TargetTransaction,
  slices: AsyncIterable<Slice>,
): Promise<void> {
  let saving: Promise<unknown> = Promise.resolve()
  try {
    for await (const slice of slices) {
      // What a save takes back it takes back with whatever else was asked meanwhile.
      if (slice.held !== 'none') await saving
      const next = await translated(job, transaction, slice)
      await saving
      saving = save(job, transaction, next)
      saving.catch(() => undefined) // Awaited before the next, and below.
    }
  } finally {
    await saving.catch(() => undefined) // Nothing may be written any more when the transaction ends.
  }
  await saving
}

type TranslatedSlice = Translated & Pick<Slice, 'keys'>

async function translated(job: SyncJob, transaction: TargetTransaction, slice: Slice): Promise<TranslatedSlice> {
  const befores = await loadBefores(job, transaction, slice)
  return { keys: slice.keys, ...translateAll(job, { ...slice, befores }) }
}

async function save(
  job: SyncJob,
  transaction: TargetTransaction,
  { keys, changes, problems }: TranslatedSlice,
): Promise<Applied> {
  const refused = changes.length === 0 ? [] : await transaction.save(changes)
  const conflicts = refused.length === 0 ? [] : await retryWithNeighbours(job, transaction, refused)
  const setAside = [...problems, ...conflicts]
  await settleQuarantine(job, transaction, { keys, setAside })
  return { applied: keys.length - setAside.length, quarantined: setAside.length }
}

async function settleQuarantine(
  job: SyncJob,
  transaction: TargetTransaction,
  outcome: { readonly keys: readonly AggregateKey[]; readonly setAside: readonly QuarantineEntry[] },
): Promise<void> {
  const aside = new Set(outcome.setAside.map((entry) => keyName(entry.key)))
  const settled = aside.size === 0 ? outcome.keys : outcome.keys.filter((key) => !aside.has(keyName(key)))
  if (settled.length > 0) await transaction.quarantine.release(settled)
  for (const entry of outcome.setAside) await transaction.quarantine.setAside(entry, job.clock.now())
}
