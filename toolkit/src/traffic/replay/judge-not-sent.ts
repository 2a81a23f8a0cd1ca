import { type ComparisonReport, countText, type Outcome, type RouteComparison } from '../../compare/index.ts'

type Judged = Pick<ComparisonReport, 'outcome' | 'conditions'> & {
  readonly routes: readonly Pick<RouteComparison, 'route' | 'bound'>[]
}
type Condition = ComparisonReport['conditions'][number]

/** How many exchanges of each route were not sent, by reason. */
export type NotSent = ReadonlyMap<string, ReadonlyMap<string, number>>

/** What nobody chose to leave out: the recording does not hold what it takes to send it again. */
const unwilling: ReadonlySet<string> = new Set(['redacted', 'body-not-stored'])

/**
 * Adds to the gate what could not be sent, as conditions of their own: a route of which more was left out than compared is
 * unknown, and so is all when an earlier run sent a part, for its mismatches are not among these (law 7).
 */
export function judgeNotSent<Compared extends Judged>(compared: Compared, notSent: NotSent): Compared {
  const conditions = [...notSent].flatMap(([route, reasons]) => routeCondition(route, { reasons, compared }))
  const before = [...notSent.values()].reduce((sum, reasons) => sum + (reasons.get('sent-before') ?? 0), 0)
  if (before > 0) {
    const text = `${countText(before)} were sent by an earlier run, and what it found is not in this report`
    conditions.push({ outcome: 'unknown', text })
  }
  if (conditions.length === 0) return compared
  const outcome: Outcome = compared.outcome === 'fail' ? 'fail' : 'unknown'
  return { ...compared, outcome, conditions: [...compared.conditions, ...conditions] }
}

function routeCondition(
  route: string,
  { reasons, compared }: { readonly reasons: ReadonlyMap<string, number>; readonly compared: Judged },
): readonly Condition[] {
  const left = [...reasons].filter(([reason]) => unwilling.has(reason))
  const total = left.reduce((sum, [, count]) => sum + count, 0)
  const found = compared.routes.find((one) => one.route === route)?.bound.compared ?? 0
  if (total === 0 || total <= found) return []
  const why = left.map(([reason, count]) => `${reason.replaceAll('-', ' ')} ${countText(count)}`).join(', ')
  return [
    {
      outcome: 'unknown',
      text: `${route}: ${countText(total)} could not be sent (${why}), and ${countText(found)} were compared`,
    },
  ]
}
