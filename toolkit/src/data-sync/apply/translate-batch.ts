import type { AggregateRows, Translation } from '../../anti-corruption/index.ts'
import { messageOf } from '../../base/index.ts'
import type { AggregateKey } from '../capability.ts'
import type { Direction } from '../direction.ts'
import type { QuarantineEntry } from '../ports/quarantine.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { AggregateChange, TargetTransaction } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { imageOf } from './image.ts'

/** What a batch becomes on the target's side. */
interface Translated {
  readonly changes: readonly AggregateChange[]
  readonly problems: readonly QuarantineEntry[]
}

/** Translates aggregates of the source, each with what the target holds now as its memory. */
export async function translateAll(
  job: SyncJob,
  transaction: TargetTransaction,
  batch: { readonly keys: readonly AggregateKey[]; readonly images: LoadedAggregates },
): Promise<Translated> {
  const befores = await transaction.load(batch.keys.map(job.direction.targetKey))
  const changes: AggregateChange[] = []
  const problems: QuarantineEntry[] = []
  for (const key of batch.keys) {
    const targetKey = job.direction.targetKey(key)
    const before = befores.get(String(targetKey))?.rows
    const source = batch.images.get(String(key))?.rows
    const translation = source === undefined ? undefined : translateOne(job.direction, { source, before, targetKey })
    if (translation === undefined) {
      if (before !== undefined) changes.push({ key: targetKey, next: undefined, before })
    } else if (translation.ok) changes.push({ key: targetKey, next: translation.value, before })
    else {
      const reason = translation.problems.map((problem) => `${problem.path}: ${problem.reason}`).join('; ')
      problems.push({ key, kind: 'translation', reason, sourceImage: imageOf(source), targetImage: imageOf(before) })
    }
  }
  return { changes, problems }
}

interface Untranslated {
  readonly source: AggregateRows
  readonly before: AggregateRows | undefined
  readonly targetKey: AggregateKey
}

function translateOne(direction: Direction, aggregate: Untranslated): Translation<AggregateRows> {
  const translation = guardedTranslate(direction, aggregate)
  if (!translation.ok) return translation
  const path = direction.targetTables.key
  const made = translation.value.root[path]
  if (made === aggregate.targetKey) return translation
  const expected = JSON.stringify(aggregate.targetKey)
  const reason = `the translator made the key ${JSON.stringify(made)} where ${expected} is expected: give the manifest its mapping of keys`
  return { ok: false, problems: [{ path, reason }] }
}

// One aggregate that the translator's author did not foresee must not stop all others.
function guardedTranslate(direction: Direction, { source, before }: Untranslated): Translation<AggregateRows> {
  try {
    return direction.translate(source, before)
  } catch (thrown) {
    return { ok: false, problems: [{ path: '', reason: `the translator threw: ${messageOf(thrown)}` }] }
  }
}
