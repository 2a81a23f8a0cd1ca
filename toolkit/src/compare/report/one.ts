import { generalPath } from '../body/path.ts'
import type { Difference } from '../difference.ts'
import type { LearntSets } from '../noise/learnt-sets.ts'
import { noiseOf } from '../noise/noise-of.ts'
import type { NoisyPaths } from '../noise/noisy-paths.ts'
import type { Collected } from './collect.ts'
import type { ComparedExchange, ComparisonOptions } from './comparison.ts'
import type { EarlierAnswers } from './earlier-answers.ts'
import type { RouteCounts } from './route-counts.ts'

/** One comparable exchange on its way into the collection. */
export interface One {
  readonly found: ComparedExchange
  readonly counts: RouteCounts
  readonly options: ComparisonOptions
  readonly collected: Collected
  readonly learnt: LearntSets
  readonly earlier: EarlierAnswers
  /** Where two answers of legacy differed so far. */
  readonly noisy: NoisyPaths
}

/** Whether two answers of legacy differ where this does, too. */
export function isNoisy({ found, noisy }: Pick<One, 'found' | 'noisy'>, { kind, path }: Difference): boolean {
  return noisy.covers({ route: found.route, kind, path: generalPath(path) })
}

/** Tells an earlier body that says the same as legacy's answer, noise aside. */
export function sameAsLegacy(one: One): (body: Buffer) => boolean {
  const { found, options, learnt, noisy } = one
  const { answers, route, rules } = found
  const { legacy } = answers
  return (body) => {
    if (legacy === undefined || noisy.ofRoute(route).length === 0) return false
    const comparing = { ...options.comparing, rules }
    const pair = [{ ...legacy, body }, legacy] as const
    const differences = learnt.compare(route, pair, comparing)?.differences ?? noiseOf(...pair, comparing)
    return differences.every((difference) => isNoisy(one, difference))
  }
}
