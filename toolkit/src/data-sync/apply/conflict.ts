import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { QuarantineEntry } from '../ports/quarantine.ts'
import type { AggregateChange, RefusedChange, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { imageOf } from './image.ts'
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
  let group = byName(refused.map(({ change }) => job.direction.sourceKey(change.key)))
  const given = new Map<string, QuarantineEntry>()
  while (group.size > 0) {
    const { changes, problems } = await reload(job, transaction, [...group.values()])
    const holders = await holdersOf(job, transaction, changes)
    const neighbours = new Map([...holders].filter(([name]) => !group.has(name) && !given.has(name)))
    if (neighbours.size > 0 && group.size + neighbours.size <= largestGroup) {
      // Who holds a value already comes first: in a true conflict it keeps it.
      group = new Map([...neighbours, ...group])
      continue
    }
    const conflicts = (await transaction.saveTogether(changes)).map((conflict) => entryOf(job, conflict))
    for (const entry of conflicts.length === 0 ? problems : conflicts) given.set(keyName(entry.key), entry)
    if (conflicts.length === 0) break
    for (const { key } of conflicts) group.delete(keyName(key))
  }
  return [...given.values()]
}

async function reload(job: SyncJob, transaction: TargetTransaction, keys: readonly AggregateKey[]) {
  const befores = await transaction.load(keys.map(job.direction.targetKey))
  return translateAll(job, { keys, images: await job.source.load(keys), befores })
}

async function holdersOf(
  job: SyncJob,
  transaction: TargetTransaction,
  changes: readonly AggregateChange[],
): Promise<ReadonlyMap<string, AggregateKey>> {
  const wanted = changes.flatMap(({ next }) => (next === undefined ? [] : [next]))
  const holders = await Promise.all(wanted.map((next) => transaction.holdersOf(next)))
  return byName(holders.flat().map(job.direction.sourceKey))
}

function entryOf({ direction }: SyncJob, { change, reason }: RefusedChange): QuarantineEntry {
  const { next, before } = change
  const key = direction.sourceKey(change.key)
  return { key, kind: 'constraint', reason, sourceImage: imageOf(next), targetImage: imageOf(before) }
}

function byName(keys: readonly AggregateKey[]): Map<string, AggregateKey> {
  return new Map(keys.map((key) => [keyName(key), key]))
}
