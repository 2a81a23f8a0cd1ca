import type { RouteTable } from '@banyan/toolkit/routing'
import type { TakenRoute } from '../passage/take-route.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Refusal } from '../request/refusal.ts'
import type { Peers } from '../workers/peers.ts'
import { shareRates } from '../workers/share-rates.ts'
import { checkRates } from './check-rates.ts'
import { checkSizes, limitsOf } from './check-sizes.ts'
import type { Pressure } from './pressure.ts'
import { buildRateLimiter } from './rate-limiter.ts'
import { shedLoad } from './shed-load.ts'
import { watchLoad } from './watch-load.ts'

/** Whether a request goes on its way; `headers` are the flat lines that its answer gets. */
export type Admission = { readonly kind: 'admitted'; readonly headers: readonly string[] } | RefusedAdmission

/** A request that a limit keeps from its way. */
export interface RefusedAdmission {
  readonly kind: 'refused'
  readonly refusal: Refusal
}

/** What an edge takes on. */
export interface Limits {
  /** Looks at one request, once: at its size, at the edge's load, and at the rates of its route, in this order. */
  admit(request: EdgeRequest, route: Pick<TakenRoute, 'table' | 'matched'>): Admission
  pressure(): Pressure
  /** Memory in use, delay of the event loop, and how many keys rates are counted for. */
  measures(): LimitMeasures
  close(): void
}

/** What limits are held against, as it is now. */
export interface LimitMeasures {
  readonly lagMs: number
  readonly memoryBytes: number
  readonly maxMemoryBytes: number
  readonly rateKeys: number
  readonly forgottenRateKeys: number
}

/** What limits need of the edge. */
export interface LimitsOptions {
  /** The live route table. */
  table(): RouteTable
  /** How many requests are being served, the one that is looked at included. */
  inFlight(): number
  /** Milliseconds that never jump back. */
  now(): number
  /** A number from 0 to below 1. */
  dice(): number
  /** The other workers of the edge; undefined: it is one process. */
  readonly peers?: Peers | undefined
}

const unlimited: Admission = { kind: 'admitted', headers: [] }

/** Builds an edge's limits; close ends their measuring. */
export function buildLimits({ table, inFlight, now, dice, peers }: LimitsOptions): Limits {
  const load = watchLoad(() => table().limits)
  const own = buildRateLimiter({ now })
  const limiter = peers === undefined ? own : shareRates(own, peers)
  return {
    admit: (request, route) => {
      const { matched } = route
      const refusal =
        checkSizes(request, limitsOf(matched, route.table)) ??
        shedLoad({ pressure: load.current(), inFlight: inFlight(), limits: route.table.limits }, dice)
      if (refusal !== undefined) return { kind: 'refused', refusal }
      const rates = matched.kind === 'route' ? matched.route.rates : []
      if (rates.length === 0) return unlimited
      const verdict = checkRates(rates, request, limiter)
      if (!verdict.ok) return { kind: 'refused', refusal: verdict.refusal }
      return { kind: 'admitted', headers: verdict.headers }
    },
    pressure: load.current,
    measures: () => {
      const { lagMs, memoryBytes } = load.latest()
      const keys = { rateKeys: limiter.keys(), forgottenRateKeys: limiter.forgotten() }
      return { lagMs, memoryBytes, maxMemoryBytes: load.maxMemoryBytes(), ...keys }
    },
    close: load.close,
  }
}
