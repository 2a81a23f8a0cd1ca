import type { Upstream } from '@banyan/toolkit/routing'
import { type Ejection, isEjected, notEjected } from './ejection.ts'
import { type HealthState, unknownHealth } from './health-state.ts'

/** One address that an upstream answers at, and what is known of it now. */
export interface Endpoint {
  readonly key: string
  readonly url: URL
  /** One IP address of the URL's name; undefined: whatever the name resolves to when a connection is made. */
  readonly address: string | undefined
  /** Requests under way. */
  outstanding: number
  ejection: Ejection
  health: HealthState
  /** Why the last health check did not pass. */
  whyUnhealthy: string | undefined
}

/** The endpoints of an upstream: one for each URL and address; those that were there before keep what is known of them. */
export function endpointsOf(
  { urls }: Upstream,
  before: readonly Endpoint[],
  addressesOf: (host: string) => readonly string[],
): readonly Endpoint[] {
  const known = new Map(before.map((endpoint) => [endpoint.key, endpoint]))
  const all = urls.flatMap((url) => {
    const addresses = addressesOf(url.hostname)
    return (addresses.length === 0 ? [undefined] : addresses).map((address) => {
      const key = address === undefined ? url.origin : `${url.origin} (${address})`
      return known.get(key) ?? newEndpoint(key, url, address)
    })
  })
  return [...new Map(all.map((endpoint) => [endpoint.key, endpoint])).values()]
}

function newEndpoint(key: string, url: URL, address: string | undefined): Endpoint {
  return {
    ...{ key, url, address, outstanding: 0, ejection: notEjected },
    ...{ health: unknownHealth, whyUnhealthy: undefined },
  }
}

/** Whether it may get requests: no check says otherwise, and it was not ejected. */
export function isAvailable({ health, ejection }: Endpoint, nowMs: number): boolean {
  return health.state !== 'unhealthy' && !isEjected(ejection, nowMs)
}
