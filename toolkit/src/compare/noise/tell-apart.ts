import type { FormedCluster } from '../clusters/form-clusters.ts'
import type { Signature, Signatures } from '../clusters/signatures.ts'
import type { ExchangeClass, ExchangeClasses } from './classes.ts'
import { type Asked, type Clocks, isTick } from './clocks.ts'
import { isOwnNoise, type NoiseCounts } from './decide.ts'
import { buildNoisyPaths, fieldKey, listOf, listsAbove, movesItems, type NoisyPaths } from './noisy-paths.ts'

/** A cluster with what the exchanges say of it. */
export interface CountedCluster extends FormedCluster {
  /** Exchanges in which it shows between the arms. */
  readonly exchanges: number
  /** Whether legacy's own noise explains it. */
  readonly isNoise: boolean
  /** Of the exchanges that were drawn to be asked twice; undefined where legacy alone is never noisy there. */
  readonly besideNoise: { readonly legacyAlone: number; readonly here: number } | undefined
}

/** What mismatches, now that noise is told apart. */
export interface ToldApart {
  /** In the order of the formed clusters. */
  readonly clusters: readonly CountedCluster[]
  readonly noisy: NoisyPaths
  /** Exchanges by route and shape: those that mismatch, and those in which only legacy's own noise shows. */
  readonly exchanges: ReadonlyMap<string, ReadonlyMap<string, { readonly mismatched: number; readonly noise: number }>>
}

/** By what noise is told apart. */
export interface Evidence {
  readonly classes: ExchangeClasses
  readonly signatures: Signatures
  readonly noisy: NoisyPaths
  readonly clocks: Clocks
  /** Of a route. */
  asked(route: string): Asked
}

/** Decides which clusters are legacy's own noise, and then which exchanges mismatch: those that show any other cluster. */
export function tellApart(formed: readonly FormedCluster[], evidence: Evidence): ToldApart {
  const { classes, signatures, noisy } = evidence
  const places = placesOf(formed, signatures)
  const counts = countEach(formed, classes, places)
  const clusters = formed.map((cluster, index) => decided(cluster, counts[index] ?? noCounts(), evidence))
  const isMismatch = (between: readonly number[]) =>
    between.some((id) => clusters[places.clusterOf.get(id) ?? -1]?.isNoise !== true)
  return { clusters, noisy, exchanges: exchangesOf(classes, isMismatch) }
}

/** Where two answers of legacy differ: each field once for each exchange, whatever it holds there. */
export function noisyPathsOf(classes: ExchangeClasses, signatures: Signatures): NoisyPaths {
  const noisy = buildNoisyPaths()
  classes.each(({ ofLegacy }, count) => {
    const found = ofLegacy.map((id) => signatures.byId(id)).filter((signature) => signature !== undefined)
    for (const field of new Map(found.map((signature) => [fieldKey(signature), signature])).values())
      noisy.add(field, count)
  })
  return noisy
}

interface Places {
  /** The index of the cluster that a signature belongs to. */
  readonly clusterOf: ReadonlyMap<number, number>
  /** Indexes of the clusters whose values are as near each other as legacy's own: see `isWithin`. */
  readonly withinNoise: ReadonlySet<number>
  /** Of those, the ones that noise with a signature counts for, beside its own. */
  readonly pooledOf: ReadonlyMap<number, readonly number[]>
  /** Indexes of the clusters at whose path a signature shows noise. */
  readonly nearOf: ReadonlyMap<number, readonly number[]>
}

function placesOf(formed: readonly FormedCluster[], signatures: Signatures): Places {
  const ofLegacy = signatures.all().filter(({ isOfLegacy }) => isOfLegacy)
  const ofRoute = indexesByRoute(formed)
  const mostApart = new Map<string, number>()
  for (const signature of ofLegacy) {
    const known = mostApart.get(fieldKey(signature)) ?? 0
    mostApart.set(fieldKey(signature), Math.max(known, signature.mostApartOfLegacy))
  }
  const isClock = (cluster: FormedCluster) => isWithin(cluster, mostApart.get(fieldKey(cluster)) ?? 0)
  const withinNoise = new Set(formed.flatMap((cluster, index) => (isClock(cluster) ? [index] : [])))
  const nearTo = (noise: Signature) => (ofRoute.get(noise.route) ?? []).filter((index) => isNear(formed[index], noise))
  const nearOf = new Map(ofLegacy.map((noise) => [noise.id, nearTo(noise)]))
  return {
    clusterOf: new Map(formed.flatMap((cluster, index) => cluster.signatures.map((id) => [id, index] as const))),
    withinNoise,
    pooledOf: new Map([...nearOf].map(([id, near]) => [id, near.filter((index) => withinNoise.has(index))])),
    nearOf,
  }
}

function indexesByRoute(formed: readonly FormedCluster[]): ReadonlyMap<string, readonly number[]> {
  const indexes = new Map<string, number[]>()
  for (const [index, { route }] of formed.entries()) {
    const ofRoute = indexes.get(route) ?? []
    indexes.set(route, ofRoute)
    ofRoute.push(index)
  }
  return indexes
}

const timesNoise = 3

/**
 * Numbers and instants that are about as near each other as legacy's own: a clock that ran on by a millisecond between the
 * arms, and by five until legacy was asked again. Whatever pattern they fit, they fit by chance.
 */
function isWithin({ seen: { mostApart } }: FormedCluster, apartOfLegacy: number): boolean {
  return mostApart !== undefined && apartOfLegacy > 0 && mostApart <= timesNoise * apartOfLegacy
}

/** Noise at the same field, or in a list above, whose items then stand elsewhere. */
function isNear(cluster: FormedCluster | undefined, noise: Signature): boolean {
  if (cluster === undefined) return false
  if (cluster.kind === noise.kind && cluster.path === noise.path) return true
  return movesItems(noise.kind) && listsAbove(cluster.path).includes(listOf(noise))
}

interface Counts {
  exchanges: number
  readonly drawn: Writable<NoiseCounts>
  readonly mismatched: Writable<NoiseCounts>
  readonly comesAgain: { no: number; yes: number }
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

function noCounts(): Counts {
  const none = () => ({ here: 0, legacyAlone: 0, both: 0 })
  return { exchanges: 0, drawn: none(), mismatched: none(), comesAgain: { no: 0, yes: 0 } }
}

function countEach(formed: readonly FormedCluster[], classes: ExchangeClasses, places: Places): readonly Counts[] {
  const counts = formed.map(noCounts)
  const owned = (ids: readonly number[]) => ids.map((id) => places.clusterOf.get(id) ?? -1)
  classes.each(({ between, ofLegacy, twice }, count) => {
    const here = new Set(owned(between))
    const alone = new Set([...owned(ofLegacy), ...ofLegacy.flatMap((id) => places.pooledOf.get(id) ?? [])])
    const near = new Set(ofLegacy.flatMap((id) => places.nearOf.get(id) ?? []))
    for (const index of new Set([...here, ...alone])) {
      const of = counts[index]
      const isClock = places.withinNoise.has(index)
      const shows = { here: here.has(index), alone: alone.has(index), near: near.has(index), isClock }
      if (of !== undefined) countOne(of, { ...shows, twice, count })
    }
  })
  return counts
}

interface Shown {
  readonly here: boolean
  readonly alone: boolean
  readonly near: boolean
  readonly isClock: boolean
  readonly twice: ExchangeClass['twice']
  readonly count: number
}

function countOne(of: Counts, { here, alone, near, isClock, twice, count }: Shown): void {
  if (here) of.exchanges += count
  // A clock that ticked between the arms need not tick again: that it does not says nothing.
  if (twice === 'no' || (isClock && twice === 'mismatched')) return
  of[twice][here ? (alone ? 'both' : 'here') : 'legacyAlone'] += count
  if (twice === 'mismatched' && here) of.comesAgain[near ? 'yes' : 'no'] += count
}

function decided(cluster: FormedCluster, counts: Counts, { noisy, clocks, asked }: Evidence): CountedCluster {
  const { drawn, exchanges } = counts
  const covered = noisy.covers(cluster)
  const mayBe = cluster.pattern !== 'constant' && cluster.pattern !== 'stale-read'
  const clock = cluster.kind === 'value' && exchanges > 0 ? clocks.of(cluster) : undefined
  const ticked = clock && isTick(clock, { exchanges, seen: cluster.seen }, asked(cluster.route))
  const isNoise = mayBe && (ticked ?? (covered && isOwnNoise(counts)))
  const beside = { legacyAlone: drawn.legacyAlone + drawn.both, here: drawn.here + drawn.both }
  return { ...cluster, exchanges, isNoise, besideNoise: covered ? beside : undefined }
}

function exchangesOf(
  classes: ExchangeClasses,
  isMismatch: (between: readonly number[]) => boolean,
): ToldApart['exchanges'] {
  const routes = new Map<string, Map<string, { mismatched: number; noise: number }>>()
  classes.each(({ route, shape, between }, count) => {
    if (between.length === 0) return
    const shapes = routes.get(route) ?? new Map<string, { mismatched: number; noise: number }>()
    routes.set(route, shapes)
    const of = shapes.get(shape) ?? { mismatched: 0, noise: 0 }
    shapes.set(shape, of)
    of[isMismatch(between) ? 'mismatched' : 'noise'] += count
  })
  return routes
}
