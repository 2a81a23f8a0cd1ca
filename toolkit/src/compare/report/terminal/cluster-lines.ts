import { describeDifference } from '../../describe/describe.ts'
import { flappingText } from '../ask-again-texts.ts'
import { countedText, countText, shareText } from '../figures.ts'
import { remedyCost } from '../remedy-cost.ts'
import type { ComparisonReport, DifferenceCluster } from '../report.ts'
import { clipped, clippedWords, longestWhole, type Paint } from './line.ts'
import type { TextOptions } from './report-text.ts'

const shownClusters = 12
const longestCause = 600
const indent = '    '

/** The clusters, the heaviest first: path, pattern, one sample, cause and what would remove it. */
export function clusterLines(report: ComparisonReport, options: TextOptions): readonly string[] {
  const { clusters, clustersLeftOut } = report
  if (clusters.length === 0) return []
  const hidden = clusters.length - shownClusters
  return [
    options.paint.bold(`${countedText(clusters.length, 'cluster')} of differences`),
    ...clusters.slice(0, shownClusters).flatMap((cluster) => ['', ...oneCluster(cluster, report, options)]),
    ...(hidden > 0 ? ['', `and ${countedText(hidden, 'more cluster')}: --html shows them all`] : []),
    ...(clustersLeftOut > 0
      ? ['', `! ${countedText(clustersLeftOut, 'difference')} found no cluster: a bound was reached`]
      : []),
  ]
}

function oneCluster(
  cluster: DifferenceCluster,
  report: ComparisonReport,
  { columns, paint }: TextOptions,
): readonly string[] {
  const { route, kind, path, pattern, cause, exchanges, first } = cluster
  const all = report.routes.find((one) => one.route === route)?.bound.compared ?? 0
  const share = all === 0 ? '' : `, ${shareText(exchanges / all)}`
  const what = pattern === 'none' ? kind : `${kind}, ${pattern}`
  const values = describeDifference({ ...first, kind }, report.sides)
    .slice(first.path.length)
    .trim()
  return [
    `${paint.red(`${countText(exchanges)}x`)} ${paint.bold(path.length > longestWhole ? clipped(path, columns - 12) : path)}  ${what}  ${paint.dim(`(${route}${share})`)}`,
    `${indent}${clippedWords(clipped(values, 2 * columns - 12), columns - 6)}`,
    ...(cause === undefined ? [] : [`${indent}${clipped(cause, longestCause)}`]),
    ...(cluster.flapping === undefined ? [] : [`${indent}${flappingText(cluster)}`]),
    ...remedyLines(cluster, paint),
    paint.dim(`${indent}${first.exchange}  ${clipped(first.request, columns - 6 - first.exchange.length)}`),
  ]
}

function remedyLines({ remedy, differences }: DifferenceCluster, paint: Paint): readonly string[] {
  if (remedy === undefined) return []
  const { text, hidesOthers } = remedy
  const cost = remedyCost(remedy, differences)
  return [
    `${indent}would remove it (${hidesOthers > 0 ? paint.red(cost) : cost}):`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `${indent}  ${clipped(line, longestCause)}`),
  ]
}
