import { formClusters } from '../clusters/form-clusters.ts'
import { buildClocks } from '../noise/clocks.ts'
import { type Evidence, noisyPathsOf, tellApart } from '../noise/tell-apart.ts'
import { judgeComparison, outcomeOf } from '../verdict/judge.ts'
import { buildClusters } from './build-clusters.ts'
import { coverageOf } from './build-coverage.ts'
import { buildRoute } from './build-routes.ts'
import { buildCollector, type Collected } from './collect.ts'
import type { ComparedParts, Comparison, ComparisonEnd, ComparisonOptions } from './comparison.ts'

/**
 * Starts a comparison: give it every exchange that was sent, then let it finish. Memory is bounded by the number of
 * routes and kinds of difference; mismatching exchanges are kept, redacted, in a temporary file of at most 512 MiB.
 *
 * @example
 * const comparison = buildComparison({ maxMismatchShare: 0.001 })
 * comparison.add({ route, exchange, at, request, parameters, verdict, answers, tookMs, rules, capability })
 * const { outcome, clusters } = await comparison.finish({ exchanges, interrupted: false })
 */
export function buildComparison(options: ComparisonOptions): Comparison {
  const collector = buildCollector(options)
  return {
    add: collector.add,
    progress: collector.progress,
    async finish(end) {
      try {
        return await finish(collector.collected(), options, end)
      } finally {
        collector.close()
      }
    },
    close: collector.close,
  }
}

async function finish(collected: Collected, options: ComparisonOptions, end: ComparisonEnd): Promise<ComparedParts> {
  const { maxMismatchShare: wantedShare = 0, now = Date.now } = options
  const evidence = evidenceOf(collected)
  const told = tellApart(formClusters(collected.signatures.all(), evidence.noisy.covers), evidence)
  const { clusters, leftOut } = await buildClusters(told, collected, options)
  const counts = [...collected.routes.values()]
  const parts = { told, clusters, lost: collected.classes.lost(), wantedShare }
  const routes = counts.map((route) => buildRoute(route, parts))
  const rules = collected.rules.uses(now())
  const conditions = [...judgeComparison(routes, rules, wantedShare), ...interruption(end)]
  return {
    ...{ outcome: outcomeOf(conditions), conditions, routes, clusters, rules },
    clustersLeftOut: leftOut + counts.reduce((sum, route) => sum + route.differencesLeftOut, 0),
    ...(end.production === undefined ? {} : { coverage: coverageOf(end.production, comparedClasses(collected)) }),
  }
}

function evidenceOf({ classes, signatures, sample, routes }: Collected): Evidence {
  return {
    ...{ classes, signatures, noisy: noisyPathsOf(classes, signatures), clocks: buildClocks(sample.ofRoute) },
    asked: (route) => ({ exchanges: routes.get(route)?.compared ?? 0, windowMs: routes.get(route)?.windowMs ?? 0 }),
  }
}

function interruption({ interrupted }: ComparisonEnd): ComparedParts['conditions'] {
  return interrupted ? [{ outcome: 'unknown', text: 'it was ended before the recording was' }] : []
}

function comparedClasses({ routes }: Collected) {
  return new Map(
    [...routes].map(([route, { statuses, shapes }]) => [route, { statuses, shapes: new Set(shapes.keys()) }]),
  )
}
