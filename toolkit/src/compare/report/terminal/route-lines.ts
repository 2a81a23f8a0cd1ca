import { notComparableReasons } from '../../verdict.ts'
import { transientText } from '../ask-again-texts.ts'
import { atMostText, countText, shareText } from '../figures.ts'
import type { ComparisonReport, RouteComparison } from '../report.ts'
import { type Paint, padded } from './line.ts'

const heads = ['compared', 'mismatched', 'at most'] as const

/** A line a route: what was compared, what mismatched, the most that the share may be, and what is beside. */
export function routeLines({ routes }: ComparisonReport, paint: Paint): readonly string[] {
  if (routes.length === 0) return []
  const width = Math.max(5, ...routes.map(({ route }) => route.length)) + 2
  const head = `  ${padded('route', width)}${heads.map((name) => padded(name, name.length + 2, 'left')).join('')}`
  return [paint.dim(head), ...routes.flatMap((route) => [routeLine(route, width, paint), ...beside(route, paint)])]
}

function routeLine({ route, outcome, bound }: RouteComparison, width: number, paint: Paint): string {
  const mismatched = countText(bound.mismatched)
  const cells = [
    bound.compared === 0 ? 'none' : countText(bound.compared),
    bound.mismatched > 0 ? paint.red(mismatched) : mismatched,
    bound.atMostShare === undefined ? '?' : atMostText(bound.atMostShare),
  ]
  return `${signs(paint)[outcome]} ${padded(route, width)}${cells.map((cell, index) => padded(cell, (heads[index] ?? '').length + 2, 'left')).join('')}`
}

/** Told apart without colour, too. */
function signs(paint: Paint): Readonly<Record<RouteComparison['outcome'], string>> {
  return { pass: paint.green('+'), fail: paint.red('x'), unknown: paint.yellow('?') }
}

function beside(route: RouteComparison, paint: Paint): readonly string[] {
  const { tally, bound, askedAgain, ownNoise } = route
  const counts = [
    [tally.noise, 'noise'],
    [askedAgain.flapping, 'flapping'],
    [tally.shed, 'shed'],
    ...notComparableReasons.map((why) => [tally.notComparable[why], why] as const),
  ] as const
  const transient = transientText(route)
  const counted = [
    ...(transient === undefined ? [] : [transient]),
    ...counts.filter(([count]) => count > 0).map(([count, what]) => `${countText(count)} ${what}`),
  ]
  const noisy = ownNoise.map(({ path }) => path)
  const needs = lacksClean(bound)
    ? [`at most ${shareText(bound.wanted?.share ?? 0)} needs ${countText(bound.wanted?.cleanNeeded ?? 0)} clean`]
    : []
  return [
    ...(counted.length + needs.length > 0 ? [paint.dim(`    ${[...needs, ...counted].join(', ')}`)] : []),
    ...(noisy.length > 0 ? [paint.dim(`    legacy differs from itself at ${noisy.join(', ')}`)] : []),
  ]
}

function lacksClean({ mismatched, compared, wanted }: RouteComparison['bound']): boolean {
  return wanted !== undefined && mismatched === 0 && compared < wanted.cleanNeeded
}
