import { atMostText, countText, shareText } from '../report/figures.ts'
import type { ComparisonReport, MismatchBound, Outcome, RouteComparison, RuleUse } from '../report/report.ts'
import type { RouteTally } from '../tally/tally.ts'
import { cleanNeeded, upperLimit } from './binomial.ts'

type Condition = ComparisonReport['conditions'][number]
/** What was counted as matched though nobody saw that it was a lag, beside the bound. */
type Unseen = Pick<RouteComparison, 'bound'> & { readonly askedAgain: Pick<RouteComparison['askedAgain'], 'unseen'> }

/** The bound of a count; `wantedShare` 0 asks for none at all. */
export function boundOf(compared: number, mismatched: number, wantedShare: number): MismatchBound {
  const needed = cleanNeeded(wantedShare)
  return {
    compared,
    mismatched,
    atMostShare: upperLimit(mismatched, compared),
    wanted: needed === undefined ? undefined : { share: wantedShare, cleanNeeded: needed },
  }
}

/** A service that does not answer counts against it, though there is nothing to compare. */
export function boundOfTally(tally: RouteTally, wantedShare: number): MismatchBound {
  const unanswered = tally.notComparable['service-failed']
  return boundOf(tally.compared + unanswered, tally.mismatched + unanswered, wantedShare)
}

/**
 * How a count stands against a wanted share: `fail` when more mismatch than that, `pass` when the bound is within it (or
 * when none is wanted and none was seen), `unknown` when too few were compared to tell.
 */
export function judgeBound({ compared, mismatched, atMostShare, wanted }: MismatchBound): Outcome {
  if (compared === 0 || atMostShare === undefined) return 'unknown'
  const share = wanted?.share ?? 0
  if (mismatched > share * compared) return 'fail'
  return share === 0 || atMostShare <= share ? 'pass' : 'unknown'
}

/** What the gate asks for: the whole within the share, no route beyond it or without a comparison, rules in force. */
export function judgeComparison(
  routes: readonly RouteComparison[],
  rules: readonly RuleUse[],
  wantedShare: number,
): readonly Condition[] {
  return [
    wholeCondition(routes, wantedShare),
    ...routes.flatMap(routeCondition),
    ...doubts(routes),
    ...lagDoubts(routes, wantedShare),
    ...rules.flatMap(ruleCondition),
  ]
}

/** One route alone: what passes only if unseen lags are lags is unknown. */
export function outcomeOfRoute(route: Unseen): Outcome {
  const outcome = judgeBound(route.bound)
  return outcome === 'pass' && judgeBound(withUnseen(route)) === 'fail' ? 'unknown' : outcome
}

/** All conditions together: one that fails fails it, and what is unknown never opens a gate (law 7). */
export function outcomeOf(conditions: readonly Pick<Condition, 'outcome'>[]): Outcome {
  if (conditions.some(({ outcome }) => outcome === 'fail')) return 'fail'
  return conditions.length > 0 && conditions.every(({ outcome }) => outcome === 'pass') ? 'pass' : 'unknown'
}

function wholeCondition(routes: readonly RouteComparison[], wantedShare: number): Condition {
  const bound = wholeBound(routes, wantedShare)
  return { outcome: judgeBound(bound), text: boundText(bound) }
}

function wholeBound(routes: readonly RouteComparison[], wantedShare: number): MismatchBound {
  const compared = sumOf(routes, ({ bound }) => bound.compared)
  return boundOf(
    compared,
    sumOf(routes, ({ bound }) => bound.mismatched),
    wantedShare,
  )
}

function sumOf(routes: readonly RouteComparison[], count: (route: RouteComparison) => number): number {
  return routes.reduce((sum, route) => sum + count(route), 0)
}

/** `3 of 2 000 mismatched: at most 0.39% at 95 % confidence; 0.1% is wanted`. */
export function boundText({ compared, mismatched, atMostShare, wanted }: MismatchBound): string {
  if (atMostShare === undefined) return 'nothing was compared'
  const counts = `${countText(mismatched)} of ${countText(compared)} mismatched: at most ${atMostText(atMostShare)} at 95 % confidence`
  if (wanted === undefined) return `${counts}; none is wanted`
  if (mismatched === 0 && atMostShare > wanted.share) {
    return `${counts}; ${shareText(wanted.share)} needs ${countText(wanted.cleanNeeded)} clean`
  }
  return `${counts}; at most ${shareText(wanted.share)} is wanted`
}

/** One bad route must not hide behind many good ones. That a small route alone proves little is no condition. */
function routeCondition({ route, bound, outcome }: RouteComparison): readonly Condition[] {
  if (bound.compared === 0) return [{ outcome: 'unknown', text: `${route}: nothing was compared` }]
  return outcome === 'fail' ? [{ outcome, text: `${route}: ${boundText(bound)}` }] : []
}

/** More that could not be compared than was compared: then the rest says little. */
function doubts(routes: readonly RouteComparison[]): readonly Condition[] {
  return routes.flatMap(({ route, tally }) => {
    const { 'service-failed': _counted, ...others } = tally.notComparable
    const silent = Object.entries({ ...others, shed: tally.shed }).filter(([, count]) => count > 0)
    const total = silent.reduce((sum, [, count]) => sum + count, 0)
    if (tally.compared === 0 || total <= tally.compared) return []
    const why = silent.map(([reason, count]) => `${reason} ${countText(count)}`).join(', ')
    return [{ outcome: 'unknown' as const, text: `${route}: ${countText(total)} more could not be compared (${why})` }]
  })
}

/** The bound if what passed for a lag, and nobody saw to be one, had been counted as mismatched. */
function withUnseen({ bound, askedAgain }: Unseen): MismatchBound {
  return boundOf(bound.compared, bound.mismatched + askedAgain.unseen, bound.wanted?.share ?? 0)
}

/** A service that gives a wrong value at random looks like a lag: where that would make the gate another, it is unknown. */
function lagDoubts(routes: readonly RouteComparison[], wantedShare: number): readonly Condition[] {
  const doubted = routes.filter(
    (route) => judgeBound(route.bound) !== 'fail' && judgeBound(withUnseen(route)) === 'fail',
  )
  const one = doubted.map((route) => lagDoubt(`${route.route}: `, route))
  const whole = {
    bound: wholeBound(routes, wantedShare),
    askedAgain: { unseen: sumOf(routes, ({ askedAgain }) => askedAgain.unseen) },
  }
  const changes = judgeBound(whole.bound) === 'pass' && judgeBound(withUnseen(whole)) !== 'pass'
  return changes && one.length === 0 ? [lagDoubt('', whole)] : one
}

function lagDoubt(where: string, route: Unseen): Condition {
  const { compared, atMostShare = 1 } = withUnseen(route)
  const gone = `${countText(route.askedAgain.unseen)} of ${countText(compared)} were gone when asked again`
  const text = `${where}${gone}, and nobody saw legacy give their values before: at most ${atMostText(atMostShare)} mismatch if they are no lag`
  return { outcome: 'unknown', text }
}

function ruleCondition({ capability, path, how, state, until, atMostShare, hid }: RuleUse): readonly Condition[] {
  const rule = `rule ${path} (${how}) of ${capability}`
  switch (state) {
    case 'expired':
      return [{ outcome: 'fail', text: `${rule} expired on ${until ?? 'an unknown day'}` }]
    case 'overrun':
      return [
        {
          outcome: 'fail',
          text: `${rule} hid differences of ${countText(hid)} exchanges, more than ${shareText(atMostShare ?? 0)}`,
        },
      ]
    case 'used':
    case 'unused':
      return []
    default: {
      const never: never = state
      return never
    }
  }
}
