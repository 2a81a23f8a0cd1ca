import type { EdgeStatus } from '@banyan/edge-proxy/admin-api'

/** So near to a limit, it is worth a word. */
const nearShare = 0.9

/** What an edge sheds, and which of its limits it is near to; an edge that says nothing of them has no warning. */
export function limitWarnings(url: string, limits: EdgeStatus['limits']): readonly string[] {
  if (limits === undefined) return []
  const { pressure, why, shedPercent, connections, maxConnections, inFlight, maxInFlight } = limits
  return [
    ...(pressure === 'overloaded'
      ? [`${url} is overloaded (${why}): ${shedPercent}% of new requests are answered 503`]
      : []),
    ...(connections >= maxConnections * nearShare
      ? [`${url} has ${connections} of ${maxConnections} connections`]
      : []),
    ...(inFlight >= maxInFlight * nearShare
      ? [`${url} serves ${inFlight} of ${maxInFlight} requests at one time`]
      : []),
  ]
}
