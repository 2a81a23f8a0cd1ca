import { buildKeptExchanges, type KeptExchanges } from '../clusters/kept-exchanges.ts'
import { buildSignatures, type Signatures } from '../clusters/signatures.ts'
import { buildExchangeClasses, type ExchangeClasses } from '../noise/classes.ts'
import { buildLearntSets } from '../noise/learnt-sets.ts'
import { buildNoisyPaths } from '../noise/noisy-paths.ts'
import { type AnswerSample, buildAnswerSample } from './answer-sample.ts'
import { buildRuleUses, type RuleUseCounter } from './build-rule-uses.ts'
import { collectOne } from './collect-one.ts'
import type { ComparedExchange, ComparisonOptions, ComparisonProgress } from './comparison.ts'
import { buildEarlierAnswers } from './earlier-answers.ts'
import { buildRouteCounts, type RouteCounts } from './route-counts.ts'
import { openScratch } from './scratch.ts'

/** On disk: whole answers of mismatches, and what does not fit into memory of the counts. */
const maxKeptBytes = 512 * 1024 * 1024
const maxClassBytes = 2 * 1024 * 1024 * 1024
const maxRoutes = 2000
const otherRoutes = 'other routes'

/** Everything that was collected of the exchanges, for the end to decide by. */
export interface Collected {
  readonly routes: ReadonlyMap<string, RouteCounts>
  readonly signatures: Signatures
  readonly classes: ExchangeClasses
  readonly kept: KeptExchanges
  readonly sample: AnswerSample
  readonly rules: RuleUseCounter
}

/** Collects exchanges in bounded memory. */
export interface Collector {
  add(compared: ComparedExchange): void
  progress(): ComparisonProgress
  collected(): Collected
  close(): void
}

/** Starts with none. */
export function buildCollector(options: ComparisonOptions): Collector {
  const scratches = {
    answers: openScratch(options.folder, maxKeptBytes),
    classes: openScratch(options.folder, maxClassBytes),
  }
  const routes = new Map<string, RouteCounts>()
  const collected: Collected = {
    ...{ routes, signatures: buildSignatures(), classes: buildExchangeClasses(scratches.classes) },
    ...{ kept: buildKeptExchanges(scratches.answers), sample: buildAnswerSample(), rules: buildRuleUses() },
  }
  const learnt = buildLearntSets()
  const earlier = buildEarlierAnswers()
  const noisy = buildNoisyPaths()
  const progress = { compared: 0, mismatched: 0 }
  return {
    add(compared) {
      const route = routes.has(compared.route) || routes.size < maxRoutes ? compared.route : otherRoutes
      const found = route === compared.route ? compared : { ...compared, route }
      const counts = countsOf(routes, found)
      collected.rules.add(found)
      if (!counted(counts, found)) return
      progress.compared += 1
      if (collectOne({ found, counts, options, collected, learnt, earlier, noisy })) progress.mismatched += 1
    },
    progress: () => ({ ...progress }),
    collected: () => collected,
    close() {
      scratches.answers.close()
      scratches.classes.close()
    },
  }
}

function countsOf(routes: Map<string, RouteCounts>, { route, capability }: ComparedExchange): RouteCounts {
  const known = routes.get(route)
  const counts = known ?? buildRouteCounts(route)
  counts.capability ??= capability
  if (known === undefined) routes.set(route, counts)
  return counts
}

/** False when there was nothing to compare. */
function counted(counts: RouteCounts, { verdict, answers, tookMs }: ComparedExchange): boolean {
  if (tookMs.legacy !== undefined) counts.latency.legacy.add(tookMs.legacy)
  if (tookMs.service !== undefined) counts.latency.service.add(tookMs.service)
  if (verdict.kind === 'not-comparable') {
    counts.notComparable[verdict.why] += 1
    return false
  }
  counts.compared += 1
  const status = answers.legacy?.status ?? 0
  counts.statuses.add(status)
  if (status >= 200 && status < 300) counts.answered2xx += 1
  return true
}
