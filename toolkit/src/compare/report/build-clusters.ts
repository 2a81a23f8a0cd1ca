import { createHash } from 'node:crypto'
import { guessCause } from '../clusters/causes.ts'
import type { KeptExchange } from '../clusters/kept-exchanges.ts'
import { remediesFor } from '../clusters/remedies.ts'
import type { MetDifference } from '../clusters/seen-pairs.ts'
import { shownAnswer } from '../clusters/shown-answer.ts'
import type { Difference } from '../difference.ts'
import type { CountedCluster, ToldApart } from '../noise/tell-apart.ts'
import type { Collected } from './collect.ts'
import type { ComparisonOptions } from './comparison.ts'
import type { DifferenceCluster, DifferenceSample, Remedy } from './report.ts'
import { valuesOf, wholePair } from './whole-values.ts'

const mostClusters = 500

/** The clusters that are no noise, most exchanges first: at most 500, the differences of the others only counted. */
export async function buildClusters(
  { clusters }: ToldApart,
  collected: Collected,
  options: ComparisonOptions,
): Promise<{ readonly clusters: readonly DifferenceCluster[]; readonly leftOut: number }> {
  const found = clusters.filter(({ isNoise, exchanges }) => !isNoise && exchanges > 0).sort(byExchanges)
  const listed = found.slice(0, mostClusters)
  const ailing = listed.map((cluster) => ({ ...cluster, capability: collected.routes.get(cluster.route)?.capability }))
  const clusterOf = buildClusterOf(listed, collected)
  const remedies = await remediesFor(ailing, { ...collected, comparing: options.comparing ?? {}, clusterOf })
  const leftOut = found.slice(mostClusters).reduce((sum, { seen }) => sum + seen.differences, 0)
  return { clusters: listed.map((cluster, index) => shown(cluster, remedies[index], collected)), leftOut }
}

function byExchanges(a: CountedCluster, b: CountedCluster): number {
  return b.exchanges - a.exchanges || (nameOf(a) < nameOf(b) ? -1 : 1)
}

function nameOf({ route, kind, path, pattern }: CountedCluster): string {
  return JSON.stringify([route, kind, path, pattern])
}

function buildClusterOf(listed: readonly CountedCluster[], { signatures }: Collected) {
  const byId = new Map(listed.flatMap((cluster, index) => cluster.signatures.map((id) => [id, index] as const)))
  return ({ route, legacy, service, stale }: KeptExchange, difference: Difference) => {
    const whole = wholePair(difference, [valuesOf(legacy), valuesOf(service)])
    const signature = signatures.of(route, difference, { whole, isStale: stale.includes(difference.path) })
    return signature === undefined ? undefined : byId.get(signature.id)
  }
}

function shown(cluster: CountedCluster, remedy: Remedy | undefined, collected: Collected): DifferenceCluster {
  const { route, kind, path, pattern, exchanges, seen, besideNoise } = cluster
  const askedTwice = collected.routes.get(route)?.drawn ?? 0
  return {
    id: `c-${createHash('sha256').update(nameOf(cluster)).digest('hex').slice(0, 6)}`,
    ...{ route, kind, path, pattern, exchanges, remedy },
    cause: guessCause(cluster)?.cause,
    differences: seen.differences,
    first: sampleOf(seen.first, collected),
    last: sampleOf(seen.last, collected),
    ...(seen.gone === 0 ? {} : { flapping: seen.gone }),
    ...(besideNoise === undefined || askedTwice === 0 ? {} : { besideNoise: { askedTwice, ...besideNoise } }),
  }
}

function sampleOf({ sample, keptAt }: MetDifference, { kept }: Collected): DifferenceSample {
  if (keptAt === undefined) return sample
  const { legacy, service } = kept.at(keptAt)
  return { ...sample, answers: { legacy: shownAnswer(legacy), service: shownAnswer(service) } }
}
