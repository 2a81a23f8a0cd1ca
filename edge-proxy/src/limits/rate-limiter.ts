/** How many requests of one key are let through. */
export interface RateQuota {
  /** The same for the same quota, before and after a reload. */
  readonly id: string
  readonly requests: number
  readonly windowMs: number
}

/** What is left of a quota after a request. */
export interface RateState {
  readonly allowed: boolean
  /** Requests that would be let through now. */
  readonly remaining: number
  /** When the whole quota is there again. */
  readonly fullInMs: number
  /** When the next request is let through; 0: now. */
  readonly nextInMs: number
}

/** Counts requests by quota and key. */
export interface RateLimiter {
  /** What a request would find; counts nothing. */
  look(quota: RateQuota, key: string): RateState
  /** Counts one request. */
  take(quota: RateQuota, key: string): RateState
  /** Counts requests that were let through elsewhere, whether they would have been here or not. */
  note(quota: RateQuota, key: string, requests: number): void
  keys(): number
  /** Keys that were forgotten, because of the bound, while they still had something used up. */
  forgotten(): number
}

/** What a limiter goes by. */
export interface RateLimiterOptions {
  /** Milliseconds that never jump back. */
  readonly now: () => number
  /** Beyond it the keys that have been away the longest are forgotten. Default 100 000, some 20 MB. */
  readonly maxKeys?: number
}

/**
 * Builds a limiter by the generic cell rate algorithm (ITU-T I.371, annex A): a bucket that refills evenly, so that nobody gets twice
 * the quota around the border of a window. A key is one number, the instant at which its bucket is full again, and no timer.
 * See docs/decisions/0011-rates-are-counted-without-a-library.md.
 */
export function buildRateLimiter({ now, maxKeys = 100_000 }: RateLimiterOptions): RateLimiter {
  // In the order of their last use.
  const fullAt = new Map<string, number>()
  let forgotten = 0
  const forgetOldest = (at: number) => {
    // Two at a time, so that what is full again goes faster than new keys come.
    let gone = 0
    for (const [key, full] of fullAt) {
      const used = full > at
      if (gone === 2 || (used && fullAt.size <= maxKeys)) return
      fullAt.delete(key)
      gone += 1
      if (used) forgotten += 1
    }
  }
  const keep = (name: string, full: number, at: number) => {
    fullAt.delete(name)
    fullAt.set(name, full)
    forgetOldest(at)
  }
  return {
    look: (quota, key) => stateOf(quota, fullAt.get(`${quota.id}\n${key}`) ?? 0, now()),
    take: (quota, key) => {
      const at = now()
      const name = `${quota.id}\n${key}`
      const state = afterOne(quota, fullAt.get(name) ?? 0, at)
      if (!state.allowed) return state
      keep(name, at + state.fullInMs, at)
      return state
    },
    note: (quota, key, requests) => {
      const at = now()
      const name = `${quota.id}\n${key}`
      keep(name, Math.max(at, fullAt.get(name) ?? 0) + (requests * quota.windowMs) / quota.requests, at)
    },
    keys: () => fullAt.size,
    forgotten: () => forgotten,
  }
}

function stateOf({ requests, windowMs }: RateQuota, fullAt: number, at: number): RateState {
  const perRequestMs = windowMs / requests
  const fullInMs = Math.max(0, fullAt - at)
  // A millionth of slack, for fractions of milliseconds do not add up.
  const remaining = Math.floor((windowMs - fullInMs) / perRequestMs + 1e-6)
  const allowed = remaining >= 1
  return {
    allowed,
    remaining: Math.max(0, remaining),
    fullInMs,
    nextInMs: allowed ? 0 : fullInMs + perRequestMs - windowMs,
  }
}

function afterOne(quota: RateQuota, fullAt: number, at: number): RateState {
  const before = stateOf(quota, fullAt, at)
  if (!before.allowed) return before
  const after = stateOf(quota, at + before.fullInMs + quota.windowMs / quota.requests, at)
  return { ...after, allowed: true, nextInMs: 0 }
}
