import { countedText, countText, tookText } from '../figures.ts'
import type { ComparisonReport, Outcome } from '../report.ts'
import { skippedText } from '../skipped.ts'
import { clusterLines } from './cluster-lines.ts'
import { type Paint, wrapLine } from './line.ts'
import { routeLines } from './route-lines.ts'
import { idLines, ruleLines, writtenLines } from './side-lines.ts'

/** How a report is shown in a terminal. */
export interface TextOptions {
  /** Lines are no wider, but for a path or an address that must stay whole to be copied. */
  readonly columns: number
  readonly paint: Paint
}

/** The report as text for a terminal or a log: routes with their bounds, clusters, and what else was found; the verdict last. */
export function reportText(report: ComparisonReport, options: TextOptions): string {
  const blocks = [
    headLines(report),
    routeLines(report, options.paint),
    clusterLines(report, options),
    ruleLines(report.rules, options.paint),
    writtenLines(report, options),
    idLines(report, options.paint),
    coverageLines(report),
    verdictLines(report, options.paint),
  ]
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => wrapLine(line, options.columns)).join('\n'))
    .join('\n\n')
}

function headLines({ sides, arms, exchanges, tookMs, interrupted, bounds = [] }: ComparisonReport): readonly string[] {
  const address = (side: string) => (side === 'legacy' ? arms.legacy : side === 'service' ? arms.service : undefined)
  const named = sides.map((side) => [side, address(side)].filter((part) => part !== undefined).join(' '))
  const left = Object.entries(exchanges.skipped).filter(([, count]) => count > 0)
  const why = left.map(([reason, count]) => `${countText(count)} ${skippedText(reason)}`).join(', ')
  const sent = `${countText(exchanges.sent)} of ${countedText(exchanges.read, 'exchange')} sent in ${tookText(tookMs)}`
  return [
    named.join(' against '),
    `${sent}${why === '' ? '' : ` (left out: ${why})`}${interrupted ? '; interrupted' : ''}`,
    ...(exchanges.malformed > 0 ? malformedLines(exchanges) : []),
    ...(exchanges.dropped > 0
      ? [`! ${countText(exchanges.dropped)} were left out by the recorder, which was too slow`]
      : []),
    ...bounds.map(({ count, what }) => `! ${countText(count)} ${what}`),
  ]
}

const shownMalformed = 3

function malformedLines({ malformed, malformedLines: lines }: ComparisonReport['exchanges']): readonly string[] {
  const shown = lines.slice(0, shownMalformed).map(({ line, why }) => `  line ${line}: ${why}`)
  const are = malformed === 1 ? 'is' : 'are'
  return [
    `! ${countedText(malformed, 'line')} ${are} no exchange and ${malformed === 1 ? 'was' : 'were'} left out`,
    ...shown,
  ]
}

const shownLacking = 5

function coverageLines({ coverage }: ComparisonReport): readonly string[] {
  if (coverage === undefined || coverage.lacking.length === 0) return []
  const rows = [...coverage.lacking].sort((a, b) => b.count - a.count)
  const hidden = rows.length - shownLacking
  return [
    `Never compared, but shown by ${coverage.source}:`,
    ...rows
      .slice(0, shownLacking)
      .map(
        ({ route, what, value, count }) =>
          `  ${countText(count)}x ${what} ${value}${what === 'route' ? '' : `  (${route})`}`,
      ),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ]
}

const colours: Readonly<Record<Outcome, keyof Paint>> = { pass: 'green', fail: 'red', unknown: 'yellow' }

function verdictLines({ outcome, conditions }: ComparisonReport, paint: Paint): readonly string[] {
  const lines = conditions.map(
    (condition) => `${paint[colours[condition.outcome]](condition.outcome)}: ${condition.text}`,
  )
  const [only] = conditions
  return conditions.length === 1 && only?.outcome === outcome
    ? lines
    : [...lines, paint[colours[outcome]](paint.bold(outcome))]
}
