import type { AggregateKey } from '../capability.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'

const nothing: LoadedAggregates = new Map()

/** What the target holds of a batch now: the memory of the translator. Not even asked for where the target surely holds none of it. */
export async function loadBefores(
  { direction }: SyncJob,
  transaction: TargetTransaction,
  slice: { readonly keys: readonly AggregateKey[]; readonly held?: 'none' | 'few' },
): Promise<LoadedAggregates> {
  if (slice.keys.length === 0 || slice.held === 'none') return nothing
  const keys = slice.keys.map(direction.targetKey)
  const range = slice.held === 'few' ? rangeOf(keys) : undefined
  if (range !== undefined && (await transaction.holdsNoneBetween(...range))) return nothing
  return await transaction.load(keys)
}

/** A stretch of the target's keys that holds no root; `after` and `before` lie outside of it, undefined: it has no end there. */
export interface Vacancy {
  readonly after: AggregateKey | undefined
  readonly before: AggregateKey | undefined
}

/** The vacancy behind a key of the target, up to the next root that it holds. */
export async function vacancyBehind({ target }: SyncJob, after: AggregateKey | undefined): Promise<Vacancy> {
  const [before] = await target.reader.keysAfter(after, 1)
  return { after, before }
}

/** Whether all of these keys of the target surely lie in a vacancy. */
export function isVacant({ after, before }: Vacancy, keys: readonly AggregateKey[]): boolean {
  if (after === undefined && before === undefined) return true
  const range = rangeOf(keys)
  if (range === undefined) return false
  return isLess(after, range[0]) && isLess(range[1], before)
}

function isLess(key: AggregateKey | undefined, other: AggregateKey | undefined): boolean {
  return key === undefined || other === undefined || (isNumber(key) && isNumber(other) && key < other)
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
