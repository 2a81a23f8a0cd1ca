import type { AggregateKey } from '../capability.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

const nothing: LoadedAggregates = new Map()

/** What the target holds of a batch now: the memory of the translator. Not even asked for where the target surely holds none of it. */
export async function loadBefores(
  { direction }: SyncJob,
  transaction: TargetTransaction,
  batch: { readonly keys: readonly AggregateKey[]; readonly likelyNew?: boolean },
): Promise<LoadedAggregates> {
  if (batch.keys.length === 0) return nothing
  const keys = batch.keys.map(direction.targetKey)
  const range = batch.likelyNew === true ? rangeOf(keys) : undefined
  if (range !== undefined && (await transaction.holdsNoneBetween(...range))) return nothing
  return await transaction.load(keys)
}

// Numbers have one order in every database; texts have as many as there are collations.
function rangeOf(keys: readonly AggregateKey[]): readonly [AggregateKey, AggregateKey] | undefined {
  let [first] = keys
  let last = first
  for (const key of keys) {
    if (!isNumber(key) || !isNumber(first) || !isNumber(last)) return undefined
    if (key < first) first = key
    if (key > last) last = key
  }
  return first === undefined || last === undefined ? undefined : [first, last]
}

function isNumber(key: AggregateKey | undefined): key is number | bigint {
  return typeof key === 'number' || typeof key === 'bigint'
}
