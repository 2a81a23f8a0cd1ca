import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { QuarantineEntry } from '../ports/quarantine.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SaveGuard, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { loadBefores } from './befores.ts'
import { retryWithNeighbours } from './conflict.ts'
import { translateAll } from './translate-batch.ts'

/** What is to be applied: these aggregates of the source, in the state that `images` shows; one without an image is gone. */
export interface Batch {
  readonly keys: readonly AggregateKey[]
  readonly images: LoadedAggregates
  /** Most of them are likely to be new in the target: a look whether it holds any at all pays. Default false. */
  readonly likelyNew?: boolean
  /** Written in the same transaction: the checkpoint, or the backfill's cursor. */
  mark(transaction: TargetTransaction): Promise<void>
}

/** What came of a batch. */
export interface Applied {
  readonly applied: number
  readonly quarantined: number
}

/**
 * Applies a batch in one transaction of the target, with its mark: translates each aggregate with what the target holds now,
 * saves, and sets aside what cannot be translated or saved. Applying twice equals applying once (law 4).
 */
export async function applyBatch(job: SyncJob, guard: SaveGuard, batch: Batch): Promise<Applied> {
  return await job.target.transaction(guard, async (transaction) => {
    const befores = await loadBefores(job, transaction, batch)
    const { changes, problems } = translateAll(job, { ...batch, befores })
    const refused = changes.length === 0 ? [] : await transaction.save(changes)
    const conflicts = refused.length === 0 ? [] : await retryWithNeighbours(job, transaction, refused)
    const setAside = [...problems, ...conflicts]
    await settleQuarantine(job, transaction, { keys: batch.keys, setAside })
    await batch.mark(transaction)
    return { applied: batch.keys.length - setAside.length, quarantined: setAside.length }
  })
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
