import type { AggregateRows, Translation } from '../../anti-corruption/index.ts'
import { messageOf } from '../../base/index.ts'
import type { AggregateKey } from '../capability.ts'
import type { Direction } from '../direction.ts'
import { keyIn, keyName } from '../key.ts'
import type { QuarantineEntry } from '../ports/quarantine.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { AggregateChange } from '../ports/target.ts'
import type { SyncJob } from '../sync-job.ts'
import { imageOf } from './image.ts'

/** Aggregates of the source, with what the target holds of them now. */
export interface Untranslated {
  readonly keys: readonly AggregateKey[]
  readonly images: LoadedAggregates
  /** By the target's key. */
  readonly befores: LoadedAggregates
}

/** What a batch becomes on the target's side. */
export interface Translated {
  readonly changes: readonly AggregateChange[]
  readonly problems: readonly QuarantineEntry[]
}

/** Translates aggregates of the source, each with what the target holds now as its memory. */
export function translateAll({ direction }: SyncJob, { keys, images, befores }: Untranslated): Translated {
  const changes: AggregateChange[] = []
  const problems: QuarantineEntry[] = []
  for (const key of keys) {
    const targetKey = direction.targetKey(key)
    const before = befores.size === 0 ? undefined : befores.get(keyName(targetKey))?.rows
    const source = images.get(keyName(key))?.rows
    if (source === undefined) {
      if (before !== undefined) changes.push({ key: targetKey, next: undefined, before })
      continue
    }
    const translation = translateOne(direction, { source, before, targetKey })
    if (translation.ok) changes.push({ key: targetKey, next: translation.value, before })
    else problems.push({ key, kind: 'translation', reason: reasonOf(translation), ...bothImages(source, before) })
  }
  return { changes, problems }
}

function bothImages(source: AggregateRows, before: AggregateRows | undefined) {
  return { sourceImage: imageOf(source), targetImage: imageOf(before) }
}

/** Every problem of a translation in one line: `st_cd: unknown code "Q"; crt_dt: no possible time`. */
export function reasonOf({ problems }: Extract<Translation<unknown>, { readonly ok: false }>): string {
  return problems.map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`)).join('; ')
}

/** One aggregate with its memory, and the key that it must have in the target. */
export interface OneAggregate {
  readonly source: AggregateRows
  readonly before: AggregateRows | undefined
  readonly targetKey: AggregateKey
}

/** Translates one aggregate; a translator that throws, or makes another key, is a problem of this aggregate only. */
export function translateOne(direction: Direction, aggregate: OneAggregate): Translation<AggregateRows> {
  const translation = guardedTranslate(direction, aggregate)
  if (!translation.ok) return translation
  const made = keyIn(translation.value.root, direction.targetTables.key)
  if (made === aggregate.targetKey) return translation
  if (made !== undefined && keyName(made) === keyName(aggregate.targetKey)) return translation
  const reason = `the translator made the key ${named(made)} where ${named(aggregate.targetKey)} is expected: give the manifest its mapping of keys`
  return { ok: false, problems: [{ path: [direction.targetTables.key].flat().join(', '), reason }] }
}

function named(key: AggregateKey | undefined): string {
  return key === undefined ? 'nothing' : typeof key === 'string' ? JSON.stringify(key) : keyName(key)
}

// One aggregate that the translator's author did not foresee must not stop all others.
function guardedTranslate(direction: Direction, { source, before }: OneAggregate): Translation<AggregateRows> {
  try {
    return direction.translate(source, before)
  } catch (thrown) {
    return { ok: false, problems: [{ path: '', reason: `the translator threw: ${messageOf(thrown)}` }] }
  }
}
