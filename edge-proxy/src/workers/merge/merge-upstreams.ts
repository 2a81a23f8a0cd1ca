import type { BreakerStatus, EndpointStatus, UpstreamPolicyStatus, UpstreamStatus } from '../../admin/admin-api.ts'

/** The upstreams of the first reading, each as all workers find it: counts are added, and of states the worst is shown. */
export function mergeUpstreams(readings: readonly (readonly UpstreamStatus[])[]): readonly UpstreamStatus[] {
  const [first = []] = readings
  return first.map((upstream) => {
    const all = readings.flatMap((each) => each.filter((other) => other.upstream === upstream.upstream))
    const policies = all.flatMap((each) => each.policies ?? [])
    return {
      ...upstream,
      lastError: all.find(({ lastError }) => lastError !== undefined)?.lastError,
      ...(policies.length === 0 ? {} : { policies: mergePolicies(policies) }),
    }
  })
}

function mergePolicies(policies: readonly UpstreamPolicyStatus[]): UpstreamPolicyStatus {
  const total = (count: (policy: UpstreamPolicyStatus) => number) =>
    policies.reduce((sum, policy) => sum + count(policy), 0)
  return {
    breaker: mergeBreakers(policies.flatMap(({ breaker }) => breaker ?? [])),
    endpoints: mergeEndpoints(policies.flatMap(({ endpoints }) => endpoints)),
    retries: total(({ retries }) => retries),
    overBudget: total(({ overBudget }) => overBudget),
    stopped: total(({ stopped }) => stopped),
    ejected: total(({ ejected }) => ejected),
  }
}

const breakerOrder = ['open', 'half-open', 'closed'] as const

/** Workers tell each other what they count and when they open: of one opening each of them knows. */
function mergeBreakers(breakers: readonly BreakerStatus[]): BreakerStatus | undefined {
  const [worst] = breakers.toSorted((a, b) => breakerOrder.indexOf(a.state) - breakerOrder.indexOf(b.state))
  if (worst === undefined) return undefined
  return { ...worst, opened: Math.max(...breakers.map(({ opened }) => opened)) }
}

const endpointOrder = ['unhealthy', 'ejected', 'up', 'healthy'] as const

function mergeEndpoints(endpoints: readonly EndpointStatus[]): readonly EndpointStatus[] {
  const merged = new Map<string, EndpointStatus>()
  for (const endpoint of endpoints) {
    const known = merged.get(endpoint.url)
    if (known === undefined) merged.set(endpoint.url, endpoint)
    else {
      const isWorse = endpointOrder.indexOf(endpoint.state) < endpointOrder.indexOf(known.state)
      const outstanding = known.outstanding + endpoint.outstanding
      merged.set(endpoint.url, { ...(isWorse ? endpoint : known), outstanding })
    }
  }
  return [...merged.values()]
}
