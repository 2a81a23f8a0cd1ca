import type { BreakerNews } from './breaker.ts'
import { isEjected } from './ejection.ts'
import { isAvailable } from './endpoint.ts'
import type { LiveUpstream } from './live-upstream.ts'

/** What one worker of an edge tells the others of an upstream. */
export type UpstreamNews = BreakerNews | { readonly kind: 'ejected'; readonly endpoint: string; readonly forMs: number }

/** Takes what another worker told of the same upstream; its ejections are counted there. */
export function hearNews(live: LiveUpstream, news: UpstreamNews, nowMs: number): void {
  if (news.kind !== 'ejected') {
    live.breaker?.hear(news, nowMs)
    return
  }
  const endpoint = live.endpoints.find(({ key }) => key === news.endpoint)
  if (endpoint === undefined || isEjected(endpoint.ejection, nowMs)) return
  // Never the last one, also not by two workers that eject one each at the same moment.
  if (!live.endpoints.some((each) => each !== endpoint && isAvailable(each, nowMs))) return
  const { failures, times } = endpoint.ejection
  const oneIsEnough = Math.max(failures, (live.upstream.policy.eject?.failures ?? 1) - 1)
  endpoint.ejection = { failures: oneIsEnough, untilMs: nowMs + news.forMs, times: times + 1 }
}
