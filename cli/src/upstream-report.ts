import type { BreakerStatus, EndpointStatus, UpstreamPolicyStatus } from '@banyan/edge-proxy/admin-api'
import { formatDurationMs } from '@banyan/toolkit/base'
import { formatCount } from '@banyan/toolkit/plan'
import type { EdgeReading } from './edge-readings.ts'
import { type Finding, ok, warn } from './finding.ts'

/** One upstream as one edge finds it: its breaker and addresses now, and what was done for it since that edge started. */
export interface UpstreamReport {
  /** The edge's admin address. */
  readonly edge: string
  readonly upstream: string
  /** Its URLs, joined by `, `. */
  readonly url: string
  readonly lastError: string | undefined
  readonly policies: UpstreamPolicyStatus | undefined
}

/** The upstreams of every edge: each edge finds out for itself. */
export function upstreamsOf(readings: readonly EdgeReading[]): readonly UpstreamReport[] {
  return readings.flatMap(({ url: edge, status }) =>
    status.upstreams.map(({ upstream, url, lastError, policies }) => ({ edge, upstream, url, lastError, policies })),
  )
}

/** How often legacy answered a route's requests because the service failed, at all edges; undefined where it never may. */
export function fallbacksOf(route: string, readings: readonly EdgeReading[]): number | undefined {
  const counts = readings.flatMap(({ status }) => status.routes.find((each) => each.route === route)?.fallbacks ?? [])
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0)
}

/** What is to be said of upstreams, one sentence a line; nothing of those with which all is well. */
export function upstreamLines(upstreams: readonly UpstreamReport[]): readonly string[] {
  const several = new Set(upstreams.map(({ edge }) => edge)).size > 1
  return upstreams.flatMap(({ edge, upstream, policies }) => {
    const name = several ? `upstream ${upstream} (${new URL(edge).host})` : `upstream ${upstream}`
    const counts = policies === undefined ? '' : countsText(policies)
    return [...(policies === undefined ? [] : troublesOf(policies)), ...(counts === '' ? [] : [counts])].map(
      (text) => `${name}: ${text}`,
    )
  })
}

/** What the doctor finds: breakers that are not closed, addresses without requests, routes that fell back. */
export function checkUpstreams({ url, status }: EdgeReading): readonly Finding[] {
  const { host } = new URL(url)
  const troubled = status.upstreams.flatMap(({ upstream, policies }) =>
    (policies === undefined ? [] : troublesOf(policies)).map((text) =>
      warn(`upstream ${upstream}`, `${text} (${host})`, 'see its own log; what works again gets requests by itself'),
    ),
  )
  const fallen = status.routes.flatMap(({ route, fallbacks = 0 }) =>
    fallbacks === 0
      ? []
      : [warn(`fallback of ${route}`, `${fallbackText(fallbacks)} (${host})`, 'see the errors of its service')],
  )
  if (troubled.length > 0 || status.upstreams.every(({ policies }) => policies === undefined)) {
    return [...troubled, ...fallen]
  }
  return [ok(`upstreams of edge ${host}`, 'all breakers are closed, all addresses get requests'), ...fallen]
}

/** What fallbacks came to. */
export function fallbackText(count: number): string {
  return `legacy answered ${formatCount(count)} ${count === 1 ? 'request' : 'requests'} instead of the service`
}

function troublesOf({ breaker, endpoints }: UpstreamPolicyStatus): readonly string[] {
  return [...(breaker === undefined ? [] : breakerText(breaker)), ...endpoints.flatMap(endpointText)]
}

function breakerText({ state, leftMs, total, failed }: BreakerStatus): readonly string[] {
  const why = `${formatCount(failed)} of ${formatCount(total)} requests failed`
  switch (state) {
    case 'closed':
      return []
    case 'open':
      return [
        `breaker open, ${why}; ${leftMs > 0 ? `one may try in ${formatDurationMs(leftMs)}` : 'the next one tries'}`,
      ]
    case 'half-open':
      return [`breaker half-open, ${why}; one is trying now`]
    default: {
      const never: never = state
      return never
    }
  }
}

function endpointText({ url, state, leftMs, why }: EndpointStatus): readonly string[] {
  switch (state) {
    case 'up':
    case 'healthy':
      return []
    case 'unhealthy':
      return [`${url} unhealthy${why === undefined ? '' : `, ${why}`}`]
    case 'ejected':
      return [`${url} ejected, gets requests again in ${formatDurationMs(leftMs ?? 0)}`]
    default: {
      const never: never = state
      return never
    }
  }
}

function countsText({ retries, overBudget, stopped }: UpstreamPolicyStatus): string {
  return [
    [retries, 'sent again'],
    [overBudget, 'not sent again (retry budget)'],
    [stopped, 'stopped by its breaker'],
  ]
    .flatMap(([count, what]) => (count === 0 ? [] : [`${formatCount(Number(count))} ${what}`]))
    .join(', ')
}
