import type { HealthPolicy } from '@banyan/toolkit/routing'

/** What the health checks of one address have shown. */
export interface HealthState {
  /** `unknown`: not checked yet. It gets requests, like one that is healthy. */
  readonly state: 'unknown' | 'healthy' | 'unhealthy'
  /** How many checks in a row said otherwise than `state`. */
  readonly contrary: number
}

/** Nothing was checked. */
export const unknownHealth: HealthState = { state: 'unknown', contrary: 0 }

/** The state after one more check. Pure; the first check of all decides alone when it passes. */
export function afterCheck(
  { state, contrary }: HealthState,
  passed: boolean,
  { fails, passes }: Pick<HealthPolicy, 'fails' | 'passes'>,
): HealthState {
  if (state === 'unknown' && passed) return { state: 'healthy', contrary: 0 }
  if (passed !== (state === 'unhealthy')) return { state, contrary: 0 }
  const next = contrary + 1
  if (next < (passed ? passes : fails)) return { state, contrary: next }
  return { state: passed ? 'healthy' : 'unhealthy', contrary: 0 }
}
