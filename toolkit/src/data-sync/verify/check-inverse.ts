import type { AggregateRows } from '../../anti-corruption/index.ts'
import { reasonOf, translateOne } from '../apply/translate-batch.ts'
import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { SyncJobs } from '../sync-job.ts'
import { differenceOf } from './differences.ts'

/** An aggregate that could not go the way back. */
export interface BrokenInverse {
  /** The root's key in the service. */
  readonly key: AggregateKey
  /** Why: `st_cd: unknown code "frozen"`. */
  readonly detail: string
}

/** Whether what the service holds can be written back to legacy. */
export interface InverseReport {
  /** Undefined: the service holds nothing, so nothing was tried (law 7). */
  readonly total: boolean | undefined
  readonly checked: number
  /** At most 20. */
  readonly broken: readonly BrokenInverse[]
}

const keysAtOnce = 5000
const mostShown = 20

/**
 * Checks on a sample that the inverse translator is total: aggregates of the service, spread over its keys, are translated to legacy both as new ones and
 * over what legacy holds, and what comes out translates back to the same.
 */
export async function checkInverse(jobs: SyncJobs, sample = 500): Promise<InverseReport> {
  const { source: service, direction } = jobs.legacy
  const keys = await spreadKeys(jobs, sample)
  const images = await service.load(keys)
  const held = await jobs.service.source.load(keys.map(direction.targetKey))
  const broken: BrokenInverse[] = []
  for (const { key, rows } of images.values()) {
    const before = held.get(keyName(direction.targetKey(key)))?.rows
    const detail = troubleWith(jobs, { key, rows, before: undefined }) ?? troubleWith(jobs, { key, rows, before })
    if (detail !== undefined && broken.length < mostShown) broken.push({ key, detail })
  }
  return { total: images.size === 0 ? undefined : broken.length === 0, checked: images.size, broken }
}

interface Sampled {
  readonly key: AggregateKey
  readonly rows: AggregateRows
  readonly before: AggregateRows | undefined
}

function troubleWith({ legacy, service }: SyncJobs, { key, rows, before }: Sampled): string | undefined {
  const targetKey = legacy.direction.targetKey(key)
  const back = translateOne(legacy.direction, { source: rows, before, targetKey })
  if (!back.ok) return reasonOf(back)
  const difference = differenceOf(service.direction, { key: targetKey, source: back.value, held: rows })
  return difference === undefined ? undefined : `${difference.path} does not come back: ${difference.detail}`
}

/** Keys at even distances. */
async function spreadKeys({ legacy }: SyncJobs, sample: number): Promise<readonly AggregateKey[]> {
  const stride = Math.min(keysAtOnce, Math.max(1, Math.floor((await legacy.source.count()) / sample)))
  const keys: AggregateKey[] = []
  let after: AggregateKey | undefined
  while (keys.length < sample) {
    const next = await legacy.source.keysAfter(after, stride)
    after = next.at(-1)
    if (after === undefined) break
    keys.push(after)
  }
  return keys
}
