import type { AggregateRows, Row } from '../anti-corruption/index.ts'
import { sameColumn } from '../anti-corruption/index.ts'
import type { AggregateKey } from './capability.ts'
import type { LoadedAggregates } from './ports/reader.ts'
import type { SyncJob } from './sync-job.ts'

/** How far a comparison goes. */
export interface VerifyOptions {
  readonly signal?: AbortSignal
  /** Ends after so many aggregates that differ. Default 100. */
  readonly maxDifferences?: number
}

/** One aggregate that is not the same on both sides. */
export interface AggregateDifference {
  /** The root's key in the source. */
  readonly key: AggregateKey
  readonly kind: 'missing' | 'extra' | 'untranslatable' | 'different'
  /** Where and what, for people: `users.email: "a@x" where "b@x" is expected`. */
  readonly detail: string
}

/** What a comparison found. */
export interface EqualityReport {
  /** Both sides held as many, and each is the translation of the other. Undefined when there was nothing to compare (law 7). */
  readonly equal: boolean | undefined
  readonly compared: number
  readonly differences: readonly AggregateDifference[]
  /** Every aggregate was looked at: neither the bound nor the signal ended it. */
  readonly complete: boolean
}

const pageSize = 1000

/**
 * Compares both sides aggregate by aggregate through the translator: what the translator makes of the source, with the target
 * as its memory, must be what the target holds. Exact only while nobody writes.
 */
export async function verifyEqual(job: SyncJob, options: VerifyOptions): Promise<EqualityReport> {
  const differences: AggregateDifference[] = []
  const { maxDifferences = 100, signal } = options
  const ended = () => signal?.aborted === true || differences.length >= maxDifferences
  let compared = 0
  for await (const page of sourcePages(job)) {
    const sourceKeys = [...page.values()].map(({ key }) => key)
    const held = await job.target.reader.load(sourceKeys.map(job.direction.targetKey))
    differences.push(...sourceKeys.flatMap((key) => differencesOf(job, key, { page, held })))
    compared += sourceKeys.length
    if (ended()) break
  }
  if (!ended()) for await (const extra of extras(job)) differences.push(extra)
  const complete = !ended()
  const equal = compared + differences.length === 0 ? undefined : complete && differences.length === 0
  return { equal, compared, differences: differences.slice(0, maxDifferences), complete }
}

async function* sourcePages(job: SyncJob): AsyncGenerator<LoadedAggregates> {
  let after: AggregateKey | undefined
  for (;;) {
    const page = await job.source.page(after, pageSize)
    if (page.size === 0) return
    yield page
    after = [...page.values()].at(-1)?.key
  }
}

async function* extras(job: SyncJob): AsyncGenerator<AggregateDifference> {
  let after: AggregateKey | undefined
  for (;;) {
    const held = await job.target.reader.keysAfter(after, pageSize)
    if (held.length === 0) return
    const sources = await job.source.load(held.map(job.direction.sourceKey))
    for (const targetKey of held) {
      const key = job.direction.sourceKey(targetKey)
      if (!sources.has(String(key))) yield { key, kind: 'extra', detail: 'the target holds it, the source does not' }
    }
    after = held.at(-1)
  }
}

function differencesOf(
  { direction }: SyncJob,
  key: AggregateKey,
  sides: { readonly page: LoadedAggregates; readonly held: LoadedAggregates },
): readonly AggregateDifference[] {
  const source = sides.page.get(String(key))?.rows
  const held = sides.held.get(String(direction.targetKey(key)))?.rows
  if (source === undefined) return []
  const expected = direction.translate(source, held)
  if (!expected.ok) {
    const detail = expected.problems.map((problem) => `${problem.path}: ${problem.reason}`).join('; ')
    return [{ key, kind: 'untranslatable', detail }]
  }
  if (held === undefined) return [{ key, kind: 'missing', detail: 'the source holds it, the target does not' }]
  const detail = firstDifference(direction.targetTables, expected.value, held)
  return detail === undefined ? [] : [{ key, kind: 'different', detail }]
}

function firstDifference(
  tables: SyncJob['direction']['targetTables'],
  expected: AggregateRows,
  held: AggregateRows,
): string | undefined {
  const inRoot = rowDifference(tables.root, expected.root, held.root)
  if (inRoot !== undefined) return inRoot
  for (const [name, child] of Object.entries(tables.children)) {
    const rows = expected.children[name] ?? []
    const heldRows = new Map(held.children[name]?.map((row) => [String(row[child.key]), row]))
    if (rows.length !== heldRows.size) return `${name}: ${heldRows.size} rows where ${rows.length} are expected`
    for (const row of rows) {
      const key = String(row[child.key])
      const difference = rowDifference(`${name}[${key}]`, row, heldRows.get(key))
      if (difference !== undefined) return difference
    }
  }
  return undefined
}

function rowDifference(path: string, expected: Row, held: Row | undefined): string | undefined {
  if (held === undefined) return `${path}: missing`
  const column = Object.keys(expected).find((name) => !sameColumn(expected[name], held[name]))
  if (column === undefined) return undefined
  return `${path}.${column}: ${shown(held[column])} where ${shown(expected[column])} is expected`
}

function shown(value: Row[string] | undefined): string {
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'nothing')
}
