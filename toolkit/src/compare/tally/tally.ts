import { type Clock, instant } from '../../base/index.ts'
import { generalPath } from '../body/path.ts'
import type { Difference } from '../difference.ts'
import { type NotComparable, noneNotComparable, type Verdict } from '../verdict.ts'

/** At most this many difference groups are kept per route. */
export const maxGroups = 50

/** Like differences of one route: same kind and path, counted once per exchange, with the newest sample. */
export interface DifferenceGroup {
  readonly kind: Difference['kind']
  /** With `[*]` for every array index: `$.addresses[*].city`. */
  readonly path: string
  readonly count: number
  readonly sample: {
    readonly exchange: string
    readonly at: string
    /** Method and target of the request. */
    readonly request: string
    readonly legacy: Difference['legacy']
    readonly service: Difference['service']
  }
}

/** What comparing gave for one route, with its denominator `compared` = matched + noise + mismatched. */
export interface RouteTally {
  readonly route: string
  readonly compared: number
  readonly matched: number
  readonly noise: number
  readonly mismatched: number
  /** Mismatches that were gone when both arms were asked again after follow had passed; counted as matched. */
  readonly transient: number
  readonly notComparable: Readonly<Record<NotComparable, number>>
  /** Of `compared`: how many the serving arm answered with 2xx. */
  readonly answered2xx: number
  /** Requests that were to be shadowed and were not, because a bound was reached. */
  readonly shed: number
  /** The first 50 kinds of difference seen, the most frequent first. */
  readonly groups: readonly DifferenceGroup[]
  /** Differences that found no group any more. */
  readonly groupsLeftOut: number
}

/** One compared exchange. */
export interface TallyEntry {
  readonly route: string
  /** The exchange's id. */
  readonly exchange: string
  /** Method and target of the request; redacted when it may leave the process. Kept of a mismatch alone. */
  readonly request: string
  /** The serving arm's status; undefined when it gave none. */
  readonly status: number | undefined
  readonly verdict: Verdict
}

/** Counts verdicts per route, in bounded memory. */
export interface Tally {
  record(entry: TallyEntry): void
  /** A request that was to be compared and was not, because a bound was reached. */
  shed(route: string): void
  /** Beside `record` of the second, matching verdict: the first one had been a mismatch. */
  transient(route: string): void
  /** Forgets routes that are not there any more, so that those which come and go do not add up without end. */
  keep(isThere: (route: string) => boolean): void
  /** One entry per route that was seen, in the order in which they were first seen. */
  report(): RouteTally[]
}

type Counters = { -readonly [Key in keyof Omit<RouteTally, 'groups' | 'notComparable'>]: RouteTally[Key] } & {
  readonly notComparable: Record<NotComparable, number>
  readonly groups: Map<string, DifferenceGroup>
}

/** Starts counting from zero. */
export function buildTally(clock: Clock): Tally {
  const routes = new Map<string, Counters>()
  const of = (route: string) => routes.get(route) ?? started(routes, route)
  return {
    record: (entry) => record(of(entry.route), entry, clock),
    shed: (route) => {
      of(route).shed += 1
    },
    transient: (route) => {
      of(route).transient += 1
    },
    keep: (isThere) => {
      for (const route of routes.keys()) if (!isThere(route)) routes.delete(route)
    },
    report: () => [...routes.values()].map(frozen),
  }
}

function started(routes: Map<string, Counters>, route: string): Counters {
  const counters: Counters = {
    ...{ route, compared: 0, matched: 0, noise: 0, mismatched: 0, transient: 0, answered2xx: 0, shed: 0 },
    ...{ notComparable: noneNotComparable(), groups: new Map(), groupsLeftOut: 0 },
  }
  routes.set(route, counters)
  return counters
}

function record(counters: Counters, entry: TallyEntry, clock: Clock): void {
  const { verdict } = entry
  if (verdict.kind === 'not-comparable') {
    counters.notComparable[verdict.why] += 1
    return
  }
  counters.compared += 1
  if (entry.status !== undefined && entry.status >= 200 && entry.status < 300) counters.answered2xx += 1
  if (verdict.kind === 'match') counters.matched += 1
  else if (verdict.kind === 'noise') counters.noise += 1
  else {
    counters.mismatched += 1
    counters.groupsLeftOut += verdict.leftOut ?? 0
    const at = instant(clock)
    for (const [key, difference] of firstPerGroup(verdict.differences)) group(counters, key, { difference, entry, at })
  }
}

/** Ten changed items of one list are one finding of one exchange. */
function firstPerGroup(differences: readonly Difference[]): Map<string, Difference> {
  const first = new Map<string, Difference>()
  for (const difference of differences) {
    const key = groupKey(difference.kind, generalPath(difference.path))
    if (!first.has(key)) first.set(key, difference)
  }
  return first
}

function group(
  counters: Counters,
  key: string,
  found: { readonly difference: Difference; readonly entry: TallyEntry; readonly at: string },
): void {
  const known = counters.groups.get(key)
  if (known === undefined && counters.groups.size >= maxGroups) {
    counters.groupsLeftOut += 1
    return
  }
  const { difference, entry, at } = found
  const { legacy, service } = difference
  counters.groups.set(key, {
    kind: difference.kind,
    path: generalPath(difference.path),
    count: (known?.count ?? 0) + 1,
    sample: { exchange: entry.exchange, at, request: entry.request, legacy, service },
  })
}

function frozen(counters: Counters): RouteTally {
  return { ...counters, notComparable: { ...counters.notComparable }, groups: byCount(counters.groups.values()) }
}

/** Groups, the most frequent first. */
export function byCount(groups: Iterable<DifferenceGroup>): DifferenceGroup[] {
  return [...groups].sort((a, b) => b.count - a.count)
}

/** What makes differences alike. */
export function groupKey(kind: string, path: string): string {
  return `${kind} ${path}`
}
