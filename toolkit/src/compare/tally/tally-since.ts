import { noneNotComparable, notComparableReasons } from '../verdict.ts'
import { byCount, type DifferenceGroup, groupKey, type RouteTally } from './tally.ts'

/**
 * What was counted between two reports of one route, by plain subtraction. Without `before`, or when the counting
 * began anew in between (a counter went back), everything that `now` holds.
 */
export function tallySince(now: RouteTally, before: RouteTally | undefined): RouteTally {
  if (before === undefined || startedAnew(now, before)) return now
  const notComparable = noneNotComparable()
  for (const why of notComparableReasons) notComparable[why] = now.notComparable[why] - before.notComparable[why]
  return {
    route: now.route,
    compared: now.compared - before.compared,
    matched: now.matched - before.matched,
    noise: now.noise - before.noise,
    mismatched: now.mismatched - before.mismatched,
    transient: now.transient - before.transient,
    notComparable,
    answered2xx: now.answered2xx - before.answered2xx,
    shed: now.shed - before.shed,
    groups: groupsSince(now, before),
    groupsLeftOut: now.groupsLeftOut - before.groupsLeftOut,
  }
}

function startedAnew(now: RouteTally, before: RouteTally): boolean {
  const counters = ['compared', 'matched', 'noise', 'mismatched', 'transient', 'answered2xx', 'shed'] as const
  if (counters.some((counter) => now[counter] < before[counter]) || now.groupsLeftOut < before.groupsLeftOut)
    return true
  return notComparableReasons.some((why) => now.notComparable[why] < before.notComparable[why])
}

function groupsSince(now: RouteTally, before: RouteTally): readonly DifferenceGroup[] {
  const earlier = new Map(before.groups.map((group) => [groupKey(group.kind, group.path), group.count]))
  const since = now.groups.map((group) => {
    const count = group.count - (earlier.get(groupKey(group.kind, group.path)) ?? 0)
    return { ...group, count }
  })
  return byCount(since.filter((group) => group.count > 0))
}
