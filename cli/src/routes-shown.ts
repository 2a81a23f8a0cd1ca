import { formatCount } from '@banyan/toolkit/plan'
import type { RouteReport } from './status-report.ts'

/** More routes than these nobody reads. */
const usualMost = 100

/** The routes that a person is shown, in the order of the file, and a sentence about the others. */
export interface RoutesShown {
  readonly routes: readonly RouteReport[]
  /** Undefined: all are shown. */
  readonly others: string | undefined
}

/** Of many routes those with trouble, then those that are asked the most, now and since the start, then those of capabilities. */
export function routesShown(routes: readonly RouteReport[], most = usualMost): RoutesShown {
  if (routes.length <= most) return { routes, others: undefined }
  const ranked = routes.map((route) => ({ route, rank: rankOf(route) })).sort((a, b) => compareRanks(a.rank, b.rank))
  const chosen = new Set(ranked.slice(0, most).map(({ route }) => route))
  const others = routes.filter((route) => !chosen.has(route))
  return { routes: routes.filter((route) => chosen.has(route)), others: aboutOthers(others) }
}

function rankOf({ arms, capability, compared, proof, fallbacks = 0 }: RouteReport): readonly number[] {
  const sum = (count: (arm: RouteReport['arms'][number]) => number) => arms.reduce((all, arm) => all + count(arm), 0)
  const isTroubled =
    proof?.state === 'failed' || (compared?.mismatched ?? 0) + fallbacks + sum(({ errors }) => errors) > 0
  const asked = [sum(({ lastMinute }) => lastMinute.requests), sum(({ requests }) => requests)]
  return [isTroubled ? 1 : 0, ...asked, capability === undefined ? 0 : 1]
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  return a.map((each, index) => (b[index] ?? 0) - each).find((difference) => difference !== 0) ?? 0
}

function aboutOthers(others: readonly RouteReport[]): string {
  const arms = others.map((route) => route.arms)
  const asked = arms.filter((each) => each.some(({ requests }) => requests > 0)).length
  const requests = arms.flat().reduce((sum, each) => sum + each.requests, 0)
  const errors = arms.flat().reduce((sum, each) => sum + each.errors, 0)
  const had =
    asked === 0
      ? 'none of them was asked'
      : `${formatCount(asked)} of them had ${formatCount(requests)} requests and ${formatCount(errors)} errors`
  const many = others.length === 1 ? '1 more route' : `${formatCount(others.length)} more routes`
  return `and ${many}: ${had}. All of them: banyan status --json`
}
