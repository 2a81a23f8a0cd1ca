import type { DifferenceGroup, NotComparable, RouteTally } from '../compare/index.ts'
import type { ArmCounters, GateSample, RouteCounters } from './readings.ts'

/** What happened on one route between two readings, or why that is not known. */
export type RouteDelta =
  | { readonly known: false; readonly why: string }
  | {
      readonly known: true
      /** Undefined when the route was never compared. */
      readonly tally: RouteTally | undefined
      readonly legacy: ArmCounters
      readonly service: ArmCounters
      /** The legacy arm since its edge started, for when it served too little since. */
      readonly legacyEver: ArmCounters
    }

/** Subtracts the counts at the beginning from the counts now. */
export function deltaOf({ before, now }: GateSample): RouteDelta {
  if (before === undefined || now === undefined)
    return { known: false, why: 'no edge answers, or it does not know the route' }
  if (before.since !== now.since) return { known: false, why: 'an edge restarted: its counts begin anew' }
  const legacy = armDelta(before, now, 'legacy')
  const service = armDelta(before, now, 'service')
  const tally = now.tally === undefined ? undefined : tallyDelta(now.tally, before.tally)
  if (legacy.requests < 0 || service.requests < 0 || (tally?.compared ?? 0) < 0) {
    return { known: false, why: 'counts went backwards: an edge restarted' }
  }
  return { known: true, tally, legacy, service, legacyEver: armOf(now, 'legacy') ?? emptyArm('legacy') }
}

function armOf(counters: RouteCounters, arm: string): ArmCounters | undefined {
  return counters.arms.find((candidate) => candidate.arm === arm)
}

function emptyArm(arm: string): ArmCounters {
  return { arm, requests: 0, errors: 0, latency: { boundsMs: [], counts: [] } }
}

function armDelta(before: RouteCounters, now: RouteCounters, arm: string): ArmCounters {
  const later = armOf(now, arm)
  const earlier = armOf(before, arm)
  if (later === undefined || earlier === undefined) return later ?? emptyArm(arm)
  const counts = later.latency.counts.map((count, index) => count - (earlier.latency.counts[index] ?? 0))
  return {
    arm,
    requests: later.requests - earlier.requests,
    errors: later.errors - earlier.errors,
    latency: { boundsMs: later.latency.boundsMs, counts },
  }
}

function tallyDelta(now: RouteTally, before: RouteTally | undefined): RouteTally {
  if (before === undefined) return now
  const groups = now.groups.map((group) => ({ ...group, count: group.count - countOf(before.groups, group) }))
  const left = groups.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  return { ...combined(now, before, (a, b) => a - b), groups: left }
}

/** Two tallies as one, under the name of the first. */
export function sumOf(a: RouteTally, b: RouteTally): RouteTally {
  return { ...combined(a, b, (x, y) => x + y), groups: [...a.groups, ...b.groups] }
}

function combined(a: RouteTally, b: RouteTally, how: (a: number, b: number) => number): RouteTally {
  return {
    ...a,
    compared: how(a.compared, b.compared),
    matched: how(a.matched, b.matched),
    noise: how(a.noise, b.noise),
    mismatched: how(a.mismatched, b.mismatched),
    transient: how(a.transient, b.transient),
    answered2xx: how(a.answered2xx, b.answered2xx),
    shed: how(a.shed, b.shed),
    notComparable: combinedReasons(a, b, how),
  }
}

function combinedReasons(a: RouteTally, b: RouteTally, how: (a: number, b: number) => number) {
  const reasons = { ...a.notComparable }
  for (const reason of Object.keys(reasons) as NotComparable[]) {
    reasons[reason] = how(reasons[reason], b.notComparable[reason] ?? 0)
  }
  return reasons
}

function countOf(groups: readonly DifferenceGroup[], { kind, path }: DifferenceGroup): number {
  return groups.find((group) => group.kind === kind && group.path === path)?.count ?? 0
}
