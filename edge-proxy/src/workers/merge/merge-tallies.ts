import { type DifferenceGroup, maxGroups, notComparableReasons, type RouteTally } from '@banyan/toolkit/compare/tally'

/** Adds up what workers compared, by route; routes and groups stay as bounded as in one tally. */
export function mergeTallies(reports: readonly (readonly RouteTally[])[]): readonly RouteTally[] {
  const routes = new Map<string, RouteTally>()
  for (const tally of reports.flat()) {
    const known = routes.get(tally.route)
    routes.set(tally.route, known === undefined ? tally : bothTallies(known, tally))
  }
  return [...routes.values()]
}

function bothTallies(a: RouteTally, b: RouteTally): RouteTally {
  const notComparable = { ...a.notComparable }
  for (const why of notComparableReasons) notComparable[why] = a.notComparable[why] + b.notComparable[why]
  const groups = bothGroups(a.groups, b.groups)
  const kept = groups.slice(0, maxGroups)
  const forgotten = groups.slice(maxGroups).reduce((sum, { count }) => sum + count, 0)
  return {
    route: a.route,
    compared: a.compared + b.compared,
    matched: a.matched + b.matched,
    noise: a.noise + b.noise,
    mismatched: a.mismatched + b.mismatched,
    transient: a.transient + b.transient,
    notComparable,
    answered2xx: a.answered2xx + b.answered2xx,
    shed: a.shed + b.shed,
    groups: kept,
    groupsLeftOut: a.groupsLeftOut + b.groupsLeftOut + forgotten,
  }
}

/** Of each kind and path one, with the newest sample; the most frequent first. */
function bothGroups(a: readonly DifferenceGroup[], b: readonly DifferenceGroup[]): readonly DifferenceGroup[] {
  const groups = new Map<string, DifferenceGroup>()
  for (const group of [...a, ...b]) {
    const key = `${group.kind} ${group.path}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, group)
    else {
      const { sample } = known.sample.at > group.sample.at ? known : group
      groups.set(key, { ...group, count: known.count + group.count, sample })
    }
  }
  return [...groups.values()].sort((x, y) => y.count - x.count)
}
