import type { ColumnValue } from '../../anti-corruption/index.ts'
import { Fault } from '../../base/index.ts'
import type { CapabilityManifest, Total } from '../capability.ts'
import type { SyncDatabase } from '../ports/database.ts'
import type { FeedPosition } from '../ports/feed.ts'
import type { SyncJob } from '../sync-job.ts'
import type { TotalResult, TotalsReport } from './report.ts'

/** What the declared sums are compared with. */
export interface TotalsParts {
  readonly manifest: CapabilityManifest
  readonly legacy: SyncDatabase
  readonly service: SyncDatabase
  readonly job: SyncJob
  readonly signal?: AbortSignal | undefined
}

type Rows = readonly (readonly ColumnValue[])[]
type Both = { readonly legacy: readonly Rows[]; readonly service: readonly Rows[] }

const mostTries = 100
const withinMs = 10_000
const pauseMs = 10
const mostShown = 20

/**
 * Compares the declared sums of both sides at one position of the feed: the source's sums, then the target's after follow has passed them, and
 * nothing may have changed in the source until both were read. Else it is tried again, at most 100 times in 10 s.
 */
export async function compareTotals(parts: TotalsParts): Promise<TotalsReport> {
  const { manifest, job, signal } = parts
  const totals = manifest.totals ?? []
  if (totals.length === 0) return { equal: undefined, position: undefined, totals: [], tries: 0 }
  const deadline = job.clock.monotonic() + withinMs
  let tries = 0
  while (tries < mostTries && job.clock.monotonic() < deadline && signal?.aborted !== true) {
    tries++
    const read = await readAtOnePosition(parts, totals)
    if (read !== undefined) return { ...compared(totals, read.rows), position: read.position, tries }
    await job.clock.sleep(pauseMs * Math.min(tries, 10), signal).catch(() => undefined)
  }
  const unknown = totals.map(({ name }) => ({ name, equal: undefined, onlyLegacy: [], onlyService: [], rows: 0 }))
  return { equal: undefined, position: undefined, totals: unknown, tries }
}

/** Undefined when a write came in between, or follow is behind. */
async function readAtOnePosition(
  { job, legacy, service }: TotalsParts,
  totals: readonly Total[],
): Promise<{ readonly rows: Both; readonly position: FeedPosition | undefined } | undefined> {
  const { feed, position } = await job.target.readJob()
  const isFollowed = feed !== undefined && position !== undefined && feed === (await job.feed.identity())
  if (isFollowed && !(await stoodStill(job, position))) return undefined
  const rows = {
    legacy: await selectAll(
      legacy,
      totals.map((total) => total.legacy),
    ),
    service: await selectAll(
      service,
      totals.map((total) => total.service),
    ),
  }
  if (isFollowed && !(await stoodStill(job, position))) return undefined
  return { rows, position: isFollowed ? position : undefined }
}

/** Whether nothing changed in the source behind this position: then what was read since is the state at this position. */
async function stoodStill({ feed }: SyncJob, position: FeedPosition): Promise<boolean> {
  try {
    return (await feed.tail(position, 1)).length === 0
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'sync-tail-long') return false
    throw thrown
  }
}

async function selectAll(database: SyncDatabase, queries: readonly string[]): Promise<readonly Rows[]> {
  const results: Rows[] = []
  for (const sql of queries) results.push(await database.select(sql))
  return results
}

function compared(totals: readonly Total[], rows: Both): Pick<TotalsReport, 'equal' | 'totals'> {
  const results = totals.map(({ name }, at) =>
    comparedRows(name, { legacy: rows.legacy[at] ?? [], service: rows.service[at] ?? [] }),
  )
  const equal = results.some((result) => result.equal === false)
    ? false
    : results.some((result) => result.equal === true) || undefined
  return { equal, totals: results }
}

/** Compares the rows of one total as a set. No row on either side is unknown, not equal (law 7). */
export function comparedRows(name: string, rows: { readonly legacy: Rows; readonly service: Rows }): TotalResult {
  const legacy = new Set(rows.legacy.map(rowText))
  const service = new Set(rows.service.map(rowText))
  const onlyLegacy = [...legacy].filter((row) => !service.has(row))
  const onlyService = [...service].filter((row) => !legacy.has(row))
  const differ = onlyLegacy.length + onlyService.length > 0
  return {
    name,
    equal: legacy.size + service.size === 0 ? undefined : !differ,
    onlyLegacy: onlyLegacy.slice(0, mostShown),
    onlyService: onlyService.slice(0, mostShown),
    rows: Math.max(legacy.size, service.size),
  }
}

function rowText(row: readonly ColumnValue[]): string {
  return row.map(valueText).join(' ')
}

/** Numbers alike however a database writes them: 7, 7n, `7.00` and true as 1. */
function valueText(value: ColumnValue): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value.toString('hex')
  const text = String(value)
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
}
