import type { RateQuota, RateState } from './rate-limiter.ts'

/** A quota with what is left of it. */
export interface RateReading {
  readonly quota: RateQuota & { readonly name: string }
  readonly state: RateState
}

/**
 * The `RateLimit-Policy` and `RateLimit` lines of an answer, flat (draft-ietf-httpapi-ratelimit-headers-09, sections 3 and 4): `q` requests in `w`
 * seconds; `r` are left, and in `t` seconds all are there again. Names of routes need no escaping in a structured string.
 */
export function rateHeaders(readings: readonly RateReading[]): readonly string[] {
  const policies = readings.map(
    ({ quota }) => `"${quota.name}";q=${quota.requests};w=${Math.ceil(quota.windowMs / 1000)}`,
  )
  const left = readings.map(
    ({ quota, state }) => `"${quota.name}";r=${state.remaining};t=${Math.ceil(state.fullInMs / 1000)}`,
  )
  return ['RateLimit-Policy', policies.join(', '), 'RateLimit', left.join(', ')]
}
