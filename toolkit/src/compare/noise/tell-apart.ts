import type { FormedCluster } from '../clusters/form-clusters.ts'
import type { Signatures } from '../clusters/signatures.ts'
import type { ExchangeClass, ExchangeClasses } from './classes.ts'
import { isOwnNoise } from './decide.ts'
import { buildNoisyPaths, type NoisyPaths } from './noisy-paths.ts'

/** A cluster with what the exchanges say of it. */
export interface CountedCluster extends FormedCluster {
  /** Exchanges in which it shows between the arms. */
  readonly exchanges: number
  /** Whether legacy's own noise explains it. */
  readonly isNoise: boolean
  /** Of the exchanges that were drawn to be asked twice; undefined where legacy alone never shows it. */
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

interface Counts {
  exchanges: number
  readonly drawn: { here: number; legacyAlone: number; both: number }
  readonly mismatched: { here: number; both: number }
}

/** Which clusters each class of exchanges shows, as indexes; undefined stands for a difference without a cluster. */
type ClustersOf = (signatures: readonly number[]) => ReadonlySet<number | undefined>

/** Decides which clusters are legacy's own noise, and then which exchanges mismatch: those that show any other cluster. */
export function tellApart(
  formed: readonly FormedCluster[],
  { classes, signatures }: { readonly classes: ExchangeClasses; readonly signatures: Signatures },
): ToldApart {
  const clustersOf = buildClustersOf(formed)
  const counts = countEach(formed, classes, clustersOf)
  const noisy = noisyPathsOf(classes, signatures)
  const clusters = formed.map((cluster, index) => decided(cluster, counts[index] ?? noCounts(), noisy))
  return { clusters, noisy, exchanges: exchangesOf(classes, (ids) => isMismatch(clustersOf(ids), clusters)) }
}

function buildClustersOf(formed: readonly FormedCluster[]): ClustersOf {
  const byId = new Map(formed.flatMap(({ signatures }, index) => signatures.map((id) => [id, index] as const)))
  return (signatures) => new Set(signatures.map((id) => byId.get(id)))
}

function noCounts(): Counts {
  return { exchanges: 0, drawn: { here: 0, legacyAlone: 0, both: 0 }, mismatched: { here: 0, both: 0 } }
}

function countEach(
  formed: readonly FormedCluster[],
  classes: ExchangeClasses,
  clustersOf: ClustersOf,
): readonly Counts[] {
  const counts = formed.map(noCounts)
  classes.each((found, count) => {
    const between = clustersOf(found.between)
    const ofLegacy = clustersOf(found.ofLegacy)
    for (const index of new Set([...between, ...ofLegacy])) {
      const of = index === undefined ? undefined : counts[index]
      if (of !== undefined) countOne(of, found.twice, { here: between.has(index), alone: ofLegacy.has(index), count })
    }
  })
  return counts
}

function countOne(
  of: Counts,
  twice: ExchangeClass['twice'],
  { here, alone, count }: { readonly here: boolean; readonly alone: boolean; readonly count: number },
): void {
  if (here) of.exchanges += count
  if (twice === 'drawn') of.drawn[here ? (alone ? 'both' : 'here') : 'legacyAlone'] += count
  if (twice === 'mismatched' && here) of.mismatched[alone ? 'both' : 'here'] += count
}

/** Each field once for each exchange, whatever it holds there. */
function noisyPathsOf(classes: ExchangeClasses, signatures: Signatures): NoisyPaths {
  const noisy = buildNoisyPaths()
  classes.each(({ ofLegacy }, count) => {
    const fields = new Map(
      ofLegacy.flatMap((id) => {
        const found = signatures.byId(id)
        return found === undefined ? [] : [[`${found.kind} ${found.path}`, found] as const]
      }),
    )
    for (const field of fields.values()) noisy.add(field, count)
  })
  return noisy
}

function decided(cluster: FormedCluster, counts: Counts, noisy: NoisyPaths): CountedCluster {
  const { drawn, exchanges } = counts
  const covered = noisy.covers(cluster)
  const isNoise = covered && cluster.pattern !== 'constant' && isOwnNoise(counts)
  const beside = { legacyAlone: drawn.legacyAlone + drawn.both, here: drawn.here + drawn.both }
  return { ...cluster, exchanges, isNoise, besideNoise: covered ? beside : undefined }
}

function isMismatch(shown: ReadonlySet<number | undefined>, clusters: readonly CountedCluster[]): boolean {
  return [...shown].some((index) => index === undefined || clusters[index]?.isNoise !== true)
}

function exchangesOf(
  classes: ExchangeClasses,
  mismatches: (signatures: readonly number[]) => boolean,
): ToldApart['exchanges'] {
  const routes = new Map<string, Map<string, { mismatched: number; noise: number }>>()
  classes.each(({ route, shape, between }, count) => {
    if (between.length === 0) return
    const shapes = routes.get(route) ?? new Map<string, { mismatched: number; noise: number }>()
    routes.set(route, shapes)
    const of = shapes.get(shape) ?? { mismatched: 0, noise: 0 }
    shapes.set(shape, of)
    of[mismatches(between) ? 'mismatched' : 'noise'] += count
  })
  return routes
}
