import type { RateRule } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'
import { ambiguous, type Refusal } from '../request/refusal.ts'
import { type RateReading, rateHeaders } from './rate-headers.ts'
import { rateKeyOf, repeatedKey } from './rate-keys.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** The header lines that tell a client what is left to it, or why it must wait. */
export type RateVerdict =
  | { readonly ok: true; readonly headers: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal }

/** Counts a request by every rate of its route; where one of them is used up, or has two keys to go by, by none, and it is refused. */
export function checkRates(rules: readonly RateRule[], request: EdgeRequest, limiter: RateLimiter): RateVerdict {
  const repeated = repeatedKey(rules, request)
  if (repeated !== undefined)
    return { ok: false, refusal: ambiguous('repeated-header', `${repeated} may stand only once`) }
  const keyed = rules.map((quota) => ({ quota, key: rateKeyOf(quota.by, request) }))
  const looks: readonly RateReading[] = keyed.map(({ quota, key }) => ({ quota, state: limiter.look(quota, key) }))
  const over = looks.filter(({ state }) => !state.allowed)
  if (over.length > 0) return { ok: false, refusal: tooMany(looks, over) }
  const taken = keyed.map(({ quota, key }) => ({ quota, state: limiter.take(quota, key) }))
  return { ok: true, headers: rateHeaders(taken) }
}

function tooMany(all: readonly RateReading[], over: readonly RateReading[]): Refusal {
  const waitMs = Math.max(...over.map(({ state }) => state.nextInMs))
  const names = over.map(({ quota }) => `"${quota.name}" (${quota.requests} in ${quota.windowMs / 1000} s)`)
  return {
    status: 429,
    code: 'rate-limited',
    title: 'Too Many Requests',
    detail: `more requests than ${names.join(' and ')} lets through`,
    close: false,
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    headers: rateHeaders(all),
  }
}
