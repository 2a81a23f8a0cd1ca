import type { EdgeLimits } from '@banyan/toolkit/routing'
import type { LimitsStatus } from '../admin/admin-api.ts'
import type { Limits } from './limits.ts'

/** What is held against the limits now. */
export interface LimitsNow {
  readonly limits: Limits
  readonly rule: EdgeLimits
  readonly connections: number
  readonly inFlight: number
}

/** The limits of an edge, and how near it is to them, for `GET /status`. */
export function limitsStatus({ limits, rule, connections, inFlight }: LimitsNow): LimitsStatus {
  const { level, why, shed } = limits.pressure()
  const { lagMs, memoryBytes, maxMemoryBytes, rateKeys } = limits.measures()
  return {
    ...{ connections, maxConnections: rule.maxConnections, inFlight, maxInFlight: rule.maxInFlight },
    ...{ lagMs: Math.round(lagMs), maxLagMs: rule.maxLagMs, memoryBytes, maxMemoryBytes, rateKeys },
    ...{ pressure: level, why, shedPercent: Math.round(shed * 100) },
  }
}
