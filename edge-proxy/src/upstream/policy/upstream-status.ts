import type { EndpointStatus, UpstreamPolicyStatus } from '../../admin/admin-api.ts'
import { isEjected } from './ejection.ts'
import type { Endpoint } from './endpoint.ts'
import type { LiveUpstream } from './live-upstream.ts'

/** What an upstream's policies have to tell, by its name. */
export interface LiveStatus extends UpstreamPolicyStatus {
  readonly upstream: string
}

/** What of a live upstream the status tells. Pure. */
export function statusOfLive({ upstream, breaker, endpoints, counted }: LiveUpstream, nowMs: number): LiveStatus {
  const view = breaker?.view(nowMs)
  return {
    upstream: upstream.name,
    breaker: view && { state: view.state, leftMs: Math.round(view.leftMs), opened: view.opened, ...view.counts },
    endpoints: endpoints.map((endpoint) => endpointStatus(endpoint, nowMs)),
    ...counted,
  }
}

function endpointStatus({ key, outstanding, ejection, health, whyUnhealthy }: Endpoint, nowMs: number): EndpointStatus {
  if (health.state === 'unhealthy') return { url: key, outstanding, state: 'unhealthy', why: whyUnhealthy }
  if (!isEjected(ejection, nowMs))
    return { url: key, outstanding, state: health.state === 'healthy' ? 'healthy' : 'up' }
  return { url: key, outstanding, state: 'ejected', leftMs: Math.round(ejection.untilMs - nowMs) }
}
