import type { RateLimiter, RateQuota } from '../limits/rate-limiter.ts'
import type { Peers } from './peers.ts'

const topic = 'rates'
/** Requests are told together after so long, or when so many keys wait. */
const everyMs = 5
const mostKeys = 2_000

interface Taken {
  readonly quota: RateQuota
  readonly key: string
  count: number
}

/**
 * Counts rates over all workers: each tells the others what it let through, some milliseconds later, and nobody waits for it. A client
 * whose requests reach several workers at the very same moment can have that moment's requests once from each.
 */
export function shareRates(limiter: RateLimiter, peers: Pick<Peers, 'tell' | 'on'>): RateLimiter {
  const waiting = new Map<string, Taken>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const taken = [...waiting.values()].map(({ quota: { id, requests, windowMs }, key, count }) => ({
      ...{ quota: { id, requests, windowMs }, key, count },
    }))
    waiting.clear()
    peers.tell(topic, taken)
  }
  peers.on(topic, (told) => {
    if (Array.isArray(told))
      for (const { quota, key, count } of told as readonly Taken[]) limiter.note(quota, key, count)
  })
  return {
    ...limiter,
    take: (quota, key) => {
      const state = limiter.take(quota, key)
      if (!state.allowed) return state
      const name = `${quota.id}\n${key}`
      const known = waiting.get(name)
      if (known === undefined) waiting.set(name, { quota, key, count: 1 })
      else known.count += 1
      if (waiting.size >= mostKeys) flush()
      else timer ??= setTimeout(flush, everyMs).unref()
      return state
    },
  }
}
