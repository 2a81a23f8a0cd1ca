import type { EjectPolicy } from '@banyan/toolkit/routing'

/** What requests have shown of one address. Immutable: each request that ends makes the next. */
export interface Ejection {
  /** In a row. */
  readonly failures: number
  /** It gets no requests until then; 0 unless it was ejected. */
  readonly untilMs: number
  /** How often it was ejected without working long enough in between. */
  readonly times: number
}

/** Nothing has failed. */
export const notEjected: Ejection = { failures: 0, untilMs: 0, times: 0 }

const maxGrowth = 10

/** After a request that was answered. */
export function afterSuccess(ejection: Ejection): Ejection {
  return ejection.failures === 0 ? ejection : { ...ejection, failures: 0 }
}

/**
 * After a request that failed: ejected when so many failed in a row and `othersLeft`, for somebody must get the requests.
 * Pure; times are of a clock that never jumps.
 */
export function afterFailure(
  ejection: Ejection,
  { failures, forMs }: EjectPolicy,
  { othersLeft, nowMs }: { readonly othersLeft: boolean; readonly nowMs: number },
): Ejection {
  // A request that was under way when its address was ejected: counted already, in effect.
  if (isEjected(ejection, nowMs)) return ejection
  const worked = ejection.untilMs + forMs * maxGrowth < nowMs
  const times = worked ? 0 : ejection.times
  const inRow = ejection.failures + 1
  if (!othersLeft || inRow < failures) return { ...ejection, failures: inRow, times }
  // Once it is back, one more failure is enough; an answer makes it like any other.
  return { failures: failures - 1, untilMs: nowMs + forMs * Math.min(times + 1, maxGrowth), times: times + 1 }
}

/** Whether it gets no requests now. */
export function isEjected({ untilMs }: Ejection, nowMs: number): boolean {
  return nowMs < untilMs
}
