import { describeDifference } from '../../describe/describe.ts'
import { atMostText, countText } from '../figures.ts'
import type { ComparisonReport, DifferenceCluster, Outcome, RouteComparison, RuleUse } from '../report.ts'
import { titleOf } from '../title.ts'
import { type Case, type Suite, suitesXml } from './xml.ts'

/**
 * The report as JUnit XML, as CI systems read it: the gate's conditions, a suite a route with its verdict and its clusters,
 * and the rules. What is unknown is an error and never a pass (law 7); a mismatch that the gate allows is told and passes.
 */
export function reportJunit(report: ComparisonReport): string {
  const suites = [
    gateSuite(report),
    ...report.routes.map((route) => routeSuite(route, report)),
    ruleSuite(report.rules),
  ]
  return suitesXml(
    suites.filter(({ cases }) => cases.length > 0),
    {
      name: `banyan replay: ${titleOf(report)}`,
      startedAt: report.startedAt,
      tookMs: report.tookMs,
    },
  )
}

function gateSuite({ conditions, outcome }: ComparisonReport): Suite {
  const all = conditions.length > 0 ? conditions : [{ outcome, text: 'nothing was compared' }]
  return {
    name: 'gate',
    cases: all.map((condition, index) => ({
      name: `condition ${index + 1}`,
      ...verdict(condition.outcome, condition.text),
    })),
  }
}

function routeSuite(route: RouteComparison, { clusters, sides }: ComparisonReport): Suite {
  const { bound } = route
  const atMost = bound.atMostShare === undefined ? '' : `, at most ${atMostText(bound.atMostShare)} at 95 % confidence`
  const text =
    bound.compared === 0
      ? 'nothing compared'
      : `${countText(bound.mismatched)} of ${countText(bound.compared)} mismatched${atMost}`
  const own = clusters.filter((cluster) => cluster.route === route.route)
  return {
    name: route.route,
    cases: [
      { name: 'mismatches', ...verdict(route.outcome, text) },
      ...own.map((cluster) => clusterCase(cluster, { allowed: route.outcome === 'pass', sides })),
    ],
  }
}

function clusterCase(
  cluster: DifferenceCluster,
  { allowed, sides }: { readonly allowed: boolean; readonly sides: ComparisonReport['sides'] },
): Case {
  const { kind, path, pattern, cause, exchanges, first, last, remedy } = cluster
  const details = [
    describeDifference({ ...first, kind }, sides),
    `first ${first.exchange}  ${first.request}`,
    `last  ${last.exchange}  ${last.request}`,
    ...(cause === undefined ? [] : [`cause: ${cause}`]),
    ...(remedy === undefined ? [] : [`would remove it:\n${remedy.text}`]),
  ].join('\n')
  const message = `${kind} differs in ${countText(exchanges)} exchanges${pattern === 'none' ? '' : ` (${pattern})`}`
  return {
    name: `${path} ${kind}${pattern === 'none' ? '' : ` ${pattern}`}`,
    message,
    details,
    state: allowed ? 'passed' : 'failed',
  }
}

function ruleSuite(rules: readonly RuleUse[]): Suite {
  const caseOf = ({ capability, path, how, state, hid, reason }: RuleUse): Case => ({
    name: `${capability} ${path} ${how}`,
    message: `${state}: hid ${countText(hid)} (${reason})`,
    details: '',
    state: state === 'expired' || state === 'overrun' ? 'failed' : state === 'unused' ? 'skipped' : 'passed',
  })
  return { name: 'rules', cases: rules.map(caseOf) }
}

function verdict(outcome: Outcome, text: string): Pick<Case, 'message' | 'details' | 'state'> {
  const state = outcome === 'pass' ? 'passed' : outcome === 'fail' ? 'failed' : 'unknown'
  return { message: text, details: '', state }
}
