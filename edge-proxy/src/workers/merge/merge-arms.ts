import type { ArmStats, RouteStatus } from '../../admin/admin-api.ts'

/** The routes of the first reading, each with what all readings counted of it; other routes are left out. */
export function mergeRoutes(readings: readonly (readonly RouteStatus[])[]): readonly RouteStatus[] {
  const [first = [], ...others] = readings
  const rest = others.map((routes) => new Map(routes.map((route) => [route.route, route])))
  return first.map((route) => {
    const same = rest.flatMap((routes) => routes.get(route.route) ?? [])
    const arms = mergeArms([route, ...same].flatMap((each) => each.arms))
    const fallbacks = [route, ...same].flatMap((each) => each.fallbacks ?? [])
    return { ...route, arms, ...(fallbacks.length === 0 ? {} : { fallbacks: sum(fallbacks) }) }
  })
}

/** What is left of a worker that is gone: its counts since the start, none of them of the last minute. */
export function departedRoutes(routes: readonly RouteStatus[]): readonly RouteStatus[] {
  return routes.map((route) => ({ ...route, arms: route.arms.map(withoutMinute) }))
}

function mergeArms(arms: readonly ArmStats[]): readonly ArmStats[] {
  const merged = new Map<string, ArmStats>()
  for (const arm of arms) {
    const known = merged.get(arm.arm)
    merged.set(arm.arm, known === undefined ? arm : bothArms(known, arm))
  }
  return [...merged.values()]
}

type Counts = Pick<ArmStats, 'requests' | 'errors' | 'latency'>

function bothArms(a: ArmStats, b: ArmStats): ArmStats {
  // A worker that began a moment ago has seen less of the minute than the others.
  const seconds = Math.max(a.lastMinute.seconds, b.lastMinute.seconds)
  return { arm: a.arm, ...bothCounts(a, b), lastMinute: { seconds, ...bothCounts(a.lastMinute, b.lastMinute) } }
}

function bothCounts(a: Counts, b: Counts): Counts {
  const counts = a.latency.counts.map((count, index) => count + (b.latency.counts[index] ?? 0))
  const latency = { boundsMs: a.latency.boundsMs, counts }
  return { requests: a.requests + b.requests, errors: a.errors + b.errors, latency }
}

function withoutMinute(arm: ArmStats): ArmStats {
  const { boundsMs, counts } = arm.latency
  const latency = { boundsMs, counts: counts.map(() => 0) }
  return { ...arm, lastMinute: { seconds: 0, requests: 0, errors: 0, latency } }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
