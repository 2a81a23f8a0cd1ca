import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SyncJob } from '../sync-job.ts'
import { differenceOf } from './differences.ts'
import { bucketOf, buildKeyDigests, type KeyDigests } from './key-digests.ts'

const pageSize = 1000
const keysAtOnce = 5000

/** What one chunk came to. */
export interface ComparedChunk {
  /** Aggregates of the source in it. */
  readonly aggregates: number
  /** Keys of the source that are not the same on both sides at first sight. */
  readonly differing: readonly AggregateKey[]
}

/**
 * Compares every aggregate once, in chunks: first along the source's keys, then along the target's for what the source does not have. Rows that
 * both sides hold are compared value by value, for both are here anyway; for the second way the keys' digests tell where to look.
 */
export async function* compareAll(job: SyncJob): AsyncGenerator<ComparedChunk> {
  const expected = buildKeyDigests()
  yield* alongSource(job, expected)
  yield* alongTarget(job, expected)
}

async function* alongSource(job: SyncJob, seen: KeyDigests): AsyncGenerator<ComparedChunk> {
  const { direction } = job
  let page = await job.source.page(undefined, pageSize)
  while (page.size > 0) {
    const images = [...page.values()]
    // Both sides are asked at once: the next page is on its way while this one is compared.
    const held = job.target.reader.load(images.map(({ key }) => direction.targetKey(key)))
    const next = job.source.page(images.at(-1)?.key, pageSize)
    next.catch(() => undefined) // Awaited below; until then its failure must not end the process.
    yield { aggregates: page.size, differing: compareChunk(job, page, { held: await held, seen }) }
    page = await next
  }
}

function compareChunk(
  { direction }: SyncJob,
  page: LoadedAggregates,
  { held, seen }: { readonly held: LoadedAggregates; readonly seen: KeyDigests },
): readonly AggregateKey[] {
  const differing: AggregateKey[] = []
  for (const { key, rows } of page.values()) {
    const targetKey = direction.targetKey(key)
    seen.add(targetKey)
    const sides = { key, source: rows, held: held.get(keyName(targetKey))?.rows }
    if (differenceOf(direction, sides) !== undefined) differing.push(key)
  }
  return differing
}

async function* alongTarget(job: SyncJob, expected: KeyDigests): AsyncGenerator<ComparedChunk> {
  const present = buildKeyDigests()
  for await (const keys of targetKeys(job)) for (const key of keys) present.add(key)
  const unlike = expected.unlike(present)
  if (unlike.size === 0) return
  for await (const keys of targetKeys(job)) {
    const suspicious = keys.filter((key) => unlike.has(bucketOf(keyName(key)))).map(job.direction.sourceKey)
    if (suspicious.length === 0) continue
    const sources = await job.source.load(suspicious)
    yield { aggregates: 0, differing: suspicious.filter((key) => !sources.has(keyName(key))) }
  }
}

async function* targetKeys({ target }: SyncJob): AsyncGenerator<readonly AggregateKey[]> {
  for (let after: AggregateKey | undefined; ; ) {
    const keys = await target.reader.keysAfter(after, keysAtOnce)
    if (keys.length === 0) return
    yield keys
    after = keys.at(-1)
  }
}
