import type { UpstreamNews } from '../upstream/policy/upstream-news.ts'
import type { Peers } from './peers.ts'

const topic = 'upstreams'
/** Outcomes are told together after so long: one message for however many requests. */
const everyMs = 20

type Tell = (upstream: string, news: UpstreamNews) => void

/**
 * Lets the breakers of all workers count as one: outcomes go to the others in sums, a breaker that opens, tries or closes says so at
 * once. `hear` gets what the others tell.
 */
export function shareUpstreams(peers: Pick<Peers, 'tell' | 'on'>, hear: Tell): Tell {
  const counts = new Map<string, { total: number; failed: number }>()
  const flush = () => {
    for (const [upstream, sum] of counts) peers.tell(topic, { upstream, news: { kind: 'counts', ...sum } })
    counts.clear()
  }
  peers.on(topic, (told) => {
    if (isTold(told)) hear(told.upstream, told.news)
  })
  return (upstream, news) => {
    if (news.kind !== 'counts') {
      // What made it say so comes first.
      flush()
      peers.tell(topic, { upstream, news })
      return
    }
    if (counts.size === 0) setTimeout(flush, everyMs).unref()
    const sum = counts.get(upstream)
    if (sum === undefined) counts.set(upstream, { total: news.total, failed: news.failed })
    else {
      sum.total += news.total
      sum.failed += news.failed
    }
  }
}

function isTold(told: unknown): told is { readonly upstream: string; readonly news: UpstreamNews } {
  return typeof told === 'object' && told !== null && 'upstream' in told && 'news' in told
}
