import type { ToldApart } from '../noise/tell-apart.ts'
import { type DifferenceGroup, maxGroups, type RouteTally } from '../tally/tally.ts'
import { upperLimit } from '../verdict/binomial.ts'
import { boundOfTally, outcomeOfRoute } from '../verdict/judge.ts'
import type { DifferenceCluster, RouteComparison, ShapeComparison } from './report.ts'
import type { RouteCounts } from './route-counts.ts'

/** What the routes are told by. */
export interface RouteParts {
  readonly told: ToldApart
  readonly clusters: readonly DifferenceCluster[]
  /** Exchanges whose class was lost: counted as mismatched, for nobody can tell. */
  readonly lost: ReadonlyMap<string, number>
  readonly wantedShare: number
}

/** One route as it is reported. */
export function buildRoute(counts: RouteCounts, parts: RouteParts): RouteComparison {
  const { told, wantedShare } = parts
  const tally = tallyOf(counts, parts)
  const bound = boundOfTally(tally, wantedShare)
  const { transient, unseen, persistent, flapping } = counts
  const askedAgain = { transient, unseen, persistent, flapping }
  const latency = { legacy: counts.latency.legacy.distribution(), service: counts.latency.service.distribution() }
  return {
    ...{ route: counts.route, outcome: outcomeOfRoute({ bound, askedAgain }), tally, bound, askedAgain },
    ownNoise: ownNoiseOf(counts.route, told),
    shapes: shapesOf(counts, told),
    latency: {
      ...(latency.legacy === undefined ? {} : { legacy: latency.legacy }),
      ...(latency.service === undefined ? {} : { service: latency.service }),
    },
  }
}

function tallyOf(counts: RouteCounts, { told, clusters, lost }: RouteParts): RouteTally {
  const byShape = [...(told.exchanges.get(counts.route)?.values() ?? [])]
  const sum = (what: 'mismatched' | 'noise') => byShape.reduce((total, shape) => total + shape[what], 0)
  const groups = groupsOf(clusters.filter(({ route }) => route === counts.route))
  return {
    ...{ route: counts.route, compared: counts.compared, matched: counts.matched },
    noise: counts.noise + sum('noise'),
    mismatched: sum('mismatched') + (lost.get(counts.route) ?? 0),
    transient: counts.transient,
    notComparable: counts.notComparable,
    ...{ answered2xx: counts.answered2xx, shed: 0 },
    groups: groups.slice(0, maxGroups),
    groupsLeftOut: counts.differencesLeftOut + groups.slice(maxGroups).reduce((total, { count }) => total + count, 0),
  }
}

/** Clusters of one kind and path together. */
function groupsOf(clusters: readonly DifferenceCluster[]): readonly DifferenceGroup[] {
  const groups = new Map<string, DifferenceGroup>()
  for (const { kind, path, exchanges, last } of clusters) {
    const key = `${kind} ${path}`
    const { exchange, at, request, legacy, service } = last
    const sample = groups.get(key)?.sample ?? { exchange, at, request, legacy, service }
    groups.set(key, { kind, path, count: (groups.get(key)?.count ?? 0) + exchanges, sample })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

/** Where two answers of legacy differ, and what that explains between the arms: shown, never hidden. */
function ownNoiseOf(route: string, { noisy, clusters }: ToldApart): RouteComparison['ownNoise'] {
  const listed = new Map(noisy.ofRoute(route).map((field) => [`${field.kind} ${field.path}`, field]))
  for (const { kind, path, exchanges } of clusters.filter((cluster) => cluster.isNoise && cluster.route === route)) {
    const known = listed.get(`${kind} ${path}`)?.exchanges ?? 0
    listed.set(`${kind} ${path}`, { kind, path, exchanges: Math.max(known, exchanges) })
  }
  return [...listed.values()].sort((a, b) => b.exchanges - a.exchanges)
}

function shapesOf({ route, shapes }: RouteCounts, { exchanges }: ToldApart): readonly ShapeComparison[] {
  const byShape = exchanges.get(route)
  return [...shapes]
    .map(([shape, compared]) => {
      const mismatched = byShape?.get(shape)?.mismatched ?? 0
      return { shape, compared, mismatched, atMostShare: upperLimit(mismatched, compared) }
    })
    .sort((a, b) => b.compared - a.compared)
}
