import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { SyncJob } from '../sync-job.ts'
import { type BothSides, differenceOf } from './differences.ts'
import type { Drifted } from './report.ts'

/**
 * Loads these aggregates (keys of the source) on both sides, the target first: whatever the source has more by then is in its feed behind the checkpoint.
 * A cutover compares the tail of the feed with it, while nobody writes.
 */
export async function loadBothSides(job: SyncJob, keys: readonly AggregateKey[]): Promise<readonly BothSides[]> {
  const held = await job.target.reader.load(keys.map(job.direction.targetKey))
  const sources = await job.source.load(keys)
  return keys.map((key) => ({
    key,
    source: sources.get(keyName(key))?.rows,
    held: held.get(keyName(job.direction.targetKey(key)))?.rows,
  }))
}

/** Which of these aggregates (keys of the source) are not the same on both sides at this moment, each with its first difference. */
export async function compareKeys(job: SyncJob, keys: readonly AggregateKey[]): Promise<readonly Drifted[]> {
  const found: Drifted[] = []
  for (const sides of await loadBothSides(job, keys)) {
    const difference = differenceOf(job.direction, sides)
    if (difference !== undefined) found.push({ key: sides.key, ...difference })
  }
  return found
}
