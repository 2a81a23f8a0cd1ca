import type { AggregateKey } from './capability.ts'
import { imageOf } from './image.ts'
import type { QuarantineEntry } from './quarantine.ts'
import type { SyncJob } from './sync-job.ts'
import type { AggregateChange, RefusedChange, TargetTransaction } from './target.ts'
import { translateAll } from './translate-batch.ts'

const largestGroup = 500

/**
 * Tries refused changes again together with the aggregates that hold what they want (two customers swapped their emails),
 * all in their present state of the source, as one change. What is refused even so comes back for quarantine.
 */
export async function retryWithNeighbours(
  job: SyncJob,
  transaction: TargetTransaction,
  refused: readonly RefusedChange[],
): Promise<readonly QuarantineEntry[]> {
  let group = new Map(refused.map(({ change }) => named(job.direction.sourceKey(change.key))))
  const given: QuarantineEntry[] = []
  while (group.size > 0) {
    const { changes, problems } = await reload(job, transaction, [...group.values()])
    const neighbours = await missingNeighbours(job, transaction, { changes, group })
    if (neighbours.length > 0 && group.size + neighbours.length <= largestGroup) {
      for (const key of neighbours) group.set(...named(key))
      continue
    }
    const conflicts = await transaction.saveTogether(changes)
    given.push(...(conflicts.length === 0 ? problems : conflicts.map((conflict) => entryOf(job, conflict))))
    if (conflicts.length === 0) return given
    group = without(
      group,
      conflicts.map(({ change }) => job.direction.sourceKey(change.key)),
    )
  }
  return given
}

async function reload(job: SyncJob, transaction: TargetTransaction, keys: readonly AggregateKey[]) {
  return await translateAll(job, transaction, { keys, images: await job.source.load(keys) })
}

async function missingNeighbours(
  job: SyncJob,
  transaction: TargetTransaction,
  {
    changes,
    group,
  }: { readonly changes: readonly AggregateChange[]; readonly group: ReadonlyMap<string, AggregateKey> },
): Promise<readonly AggregateKey[]> {
  const holders = await Promise.all(
    changes.flatMap(({ next }) => (next === undefined ? [] : [transaction.holdersOf(next)])),
  )
  const keys = new Map(holders.flat().map((key) => named(job.direction.sourceKey(key))))
  return [...keys].filter(([name]) => !group.has(name)).map(([, key]) => key)
}

function entryOf({ direction }: SyncJob, { change, reason }: RefusedChange): QuarantineEntry {
  const { next, before } = change
  const key = direction.sourceKey(change.key)
  return { key, kind: 'constraint', reason, sourceImage: imageOf(next), targetImage: imageOf(before) }
}

function named(key: AggregateKey): [string, AggregateKey] {
  return [String(key), key]
}

function without(group: ReadonlyMap<string, AggregateKey>, keys: readonly AggregateKey[]): Map<string, AggregateKey> {
  const gone = new Set(keys.map(String))
  return new Map([...group].filter(([name]) => !gone.has(name)))
}
