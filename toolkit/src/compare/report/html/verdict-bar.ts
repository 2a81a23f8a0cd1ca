import { notComparableReasons } from '../../verdict.ts'
import type { RouteComparison } from '../report.ts'
import { countText } from './count.ts'
import { html, type Markup } from './markup.ts'

/** All exchanges of a route as one bar: matched, noise, mismatched, and those that said nothing. Never so thin as to vanish. */
export function verdictBar(route: Pick<RouteComparison, 'tally' | 'bound'>): Markup {
  const parts = partsOf(route)
  const total = parts.reduce((sum, { count }) => sum + count, 0)
  const label = parts
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${countText(count)} ${name}`)
    .join(', ')
  if (total === 0)
    return html`<svg class="bar" role="img" aria-label="nothing compared"><rect class="empty" width="100%" height="100%"/></svg>`
  const widths = visible(parts.map(({ count }) => (100 * count) / total))
  let x = 0
  const rects = parts.map(({ kind }, index) => {
    const width = widths[index] ?? 0
    const rect =
      width === 0
        ? undefined
        : html`<rect class="${kind}" x="${rounded(x)}%" width="${rounded(width)}%" height="100%"/>`
    x += width
    return rect
  })
  return html`<svg class="bar" role="img" aria-label="${label}"><title>${label}</title>${rects}</svg>`
}

/** What the service did not answer is no match: the bound counts it with what mismatched. */
function partsOf({ tally, bound }: Pick<RouteComparison, 'tally' | 'bound'>) {
  const silent = notComparableReasons.reduce((sum, why) => sum + tally.notComparable[why], 0)
  const unanswered = Math.max(0, bound.mismatched - tally.mismatched)
  return [
    { kind: 'mismatched', name: 'mismatched', count: tally.mismatched + unanswered },
    { kind: 'noise', name: 'noise', count: tally.noise },
    { kind: 'matched', name: 'matched', count: tally.matched },
    { kind: 'silent', name: 'not comparable', count: Math.max(0, silent - unanswered) },
  ] as const
}

const leastPercent = 1.5

/** One mismatch among a million is what the bar is for: it takes its width from the widest part. */
function visible(widths: readonly number[]): readonly number[] {
  const raised = widths.map((width) => (width > 0 ? Math.max(width, leastPercent) : 0))
  const excess = raised.reduce((sum, width) => sum + width, 0) - 100
  const widest = raised.indexOf(Math.max(...raised))
  return raised.map((width, index) => (index === widest ? width - excess : width))
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100
}
