import type { AggregateRows } from '../../anti-corruption/index.ts'
import { Fault, type Json } from '../../base/index.ts'
import type { WrittenReport } from '../../compare/report/written-report.ts'
import type { AggregateKey, CapabilityManifest } from '../capability.ts'
import { keyName } from '../key.ts'
import type { ChangeFeed, FeedPosition } from '../ports/feed.ts'
import type { LoadedAggregates } from '../ports/reader.ts'
import type { SyncJobs } from '../sync-job.ts'
import { fixesOf } from '../verify/differences.ts'
import type { FieldFix } from '../verify/report.ts'
import { buildAcceptance } from './acceptance.ts'
import { alignIds } from './align-ids.ts'
import { pairKeys, type WrittenPair } from './pair-keys.ts'
import type { WrittenOptions } from './twin-databases.ts'

/** What was written between two instants, in milliseconds since 1970, behind these marks of both feeds. */
export interface WrittenSince {
  readonly manifest: CapabilityManifest
  readonly jobs: SyncJobs
  readonly marks: { readonly legacy: FeedPosition; readonly service: FeedPosition }
  readonly since: number
  readonly until: number
}

const mostWritten = 200_000
const atOnce = 500
const mostFixes = 50

/**
 * Compares every aggregate that either arm wrote, through the translator, in the service's model. A write of legacy that changes nothing which the translator covers
 * (the last visit of a customer) counts as none.
 */
export async function compareWritten(of: WrittenSince, options: WrittenOptions): Promise<WrittenReport> {
  const { jobs, manifest, marks } = of
  const keys = {
    legacy: await changedSince(jobs.service.feed, marks.legacy),
    service: await changedSince(jobs.legacy.feed, marks.service),
  }
  const pairs = pairKeys({ legacy: keys.legacy.keys, service: keys.service.keys }, jobs.service.direction, options.ids)
  const acceptance = buildAcceptance(manifest.written ?? [], of)
  const counts = { equal: 0, different: 0, onlyLegacy: 0, onlyService: 0 }
  const samples: WrittenReport['samples'][number][] = []
  for (let at = 0; at < pairs.length; at += atOnce) {
    for (const found of await compareSome(jobs, pairs.slice(at, at + atOnce))) {
      const left = found.fixes.filter((fix) => !acceptance.accepts(fix))
      const outcome = outcomeOf(found, left)
      if (outcome === undefined) continue
      acceptance.count(found.fixes)
      counts[outcome]++
      const [first] = left
      if (first !== undefined && samples.length < (options.samples ?? 20)) samples.push(sampleOf(found, first, options))
    }
  }
  const leftOut = keys.legacy.leftOut + keys.service.leftOut
  const aggregates = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const accepted = acceptance.report()
  return {
    capability: manifest.name,
    aggregates,
    ...counts,
    ...(accepted.length === 0 ? {} : { accepted }),
    ...(leftOut === 0 ? {} : { leftOut }),
    samples,
  }
}

async function changedSince(feed: ChangeFeed, mark: FeedPosition) {
  try {
    return { keys: await feed.tail(mark, mostWritten), leftOut: 0 }
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.code === 'sync-tail-long')) throw thrown
    const { changes } = await feed.pending(mark)
    const { keys } = await feed.read(mark, mostWritten)
    return { keys, leftOut: Math.max(1, changes - mostWritten) }
  }
}

interface ComparedPair extends WrittenPair {
  readonly legacyRows: AggregateRows | undefined
  readonly serviceRows: AggregateRows | undefined
  readonly fixes: readonly FieldFix[]
}

async function compareSome(jobs: SyncJobs, pairs: readonly WrittenPair[]): Promise<readonly ComparedPair[]> {
  const legacy = await jobs.service.source.load(pairs.flatMap((pair) => present(pair.legacy)))
  const service = await jobs.legacy.source.load(pairs.flatMap((pair) => present(pair.service)))
  return pairs.map((pair) => {
    const legacyRows = rowsOf(legacy, pair.legacy)
    const serviceRows = rowsOf(service, pair.service)
    return { ...pair, legacyRows, serviceRows, fixes: fixesBetween(jobs, pair, { legacyRows, serviceRows }) }
  })
}

function fixesBetween(
  { service: { direction } }: SyncJobs,
  { legacy: key }: WrittenPair,
  { legacyRows, serviceRows }: Pick<ComparedPair, 'legacyRows' | 'serviceRows'>,
): readonly FieldFix[] {
  if (key === undefined || legacyRows === undefined || serviceRows === undefined) {
    return fixesOf(direction, { key: key ?? '', source: legacyRows, held: serviceRows }, 1).filter(
      ({ is, becomes }) => is !== becomes,
    )
  }
  const held = alignIds(direction, { key, source: legacyRows, held: serviceRows })
  const fixes = fixesOf(direction, { key, source: legacyRows, held }, mostFixes)
  return fixes.length === 0 && !isTranslatable()
    ? [{ path: '', is: 'written', becomes: 'nothing translatable' }]
    : fixes

  function isTranslatable(): boolean {
    return legacyRows !== undefined && direction.translate(legacyRows, held).ok
  }
}

function outcomeOf(
  { by, legacyRows, serviceRows }: ComparedPair,
  left: readonly FieldFix[],
): 'equal' | 'different' | 'onlyLegacy' | 'onlyService' | undefined {
  if (left.length === 0) return by === 'legacy' ? undefined : 'equal'
  if (serviceRows === undefined || (by === 'legacy' && legacyRows !== undefined)) return 'onlyLegacy'
  if (legacyRows === undefined || by === 'service') return 'onlyService'
  return 'different'
}

function sampleOf(
  { legacy, service }: ComparedPair,
  { path, is, becomes }: FieldFix,
  { redact = (_, value) => value }: WrittenOptions,
): WrittenReport['samples'][number] {
  const column = path.slice(path.lastIndexOf('.') + 1)
  const value = (text: string | undefined): Json | undefined => (text === undefined ? undefined : redact(column, text))
  return { key: keyName(legacy ?? service ?? ''), path, legacy: value(becomes), service: value(is) }
}

function present(key: AggregateKey | undefined): readonly AggregateKey[] {
  return key === undefined ? [] : [key]
}

function rowsOf(loaded: LoadedAggregates, key: AggregateKey | undefined): AggregateRows | undefined {
  return key === undefined ? undefined : loaded.get(keyName(key))?.rows
}
