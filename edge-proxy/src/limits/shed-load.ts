import type { EdgeLimits } from '@banyan/toolkit/routing'
import type { Refusal } from '../request/refusal.ts'
import type { Pressure } from './pressure.ts'

/** What decides whether one more request is taken on. */
export interface Load {
  readonly pressure: Pressure
  /** This request included. */
  readonly inFlight: number
  readonly limits: Pick<EdgeLimits, 'maxInFlight'>
}

/** Refuses a request that an overloaded edge must leave out, before anything was done for it; clients come back spread over three seconds. */
export function shedLoad({ pressure, inFlight, limits }: Load, dice: () => number): Refusal | undefined {
  const full = inFlight > limits.maxInFlight
  if (!full && (pressure.shed === 0 || dice() >= pressure.shed)) return undefined
  return {
    status: 503,
    code: full ? 'too-many-in-flight' : 'overloaded',
    title: 'Service Unavailable',
    detail: 'the edge has more to do than it can; nothing was sent to an upstream',
    close: false,
    retryAfterSeconds: 1 + Math.floor(dice() * 3),
  }
}
