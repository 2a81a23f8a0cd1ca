import type { Stats } from '../settle/stats.ts'
import type { Limits } from './limits.ts'

/** Adds what limits are held against to an edge's metrics; what they refuse is counted there by its code. */
export function addLimitsMetrics({ gauge }: Pick<Stats, 'gauge'>, limits: Limits): void {
  const { measures, pressure } = limits
  gauge('banyan_event_loop_lag_seconds', 'How late a timer was, latest of four a second', () => measures().lagMs / 1000)
  gauge('banyan_memory_bytes', 'Heap in use and buffers', () => measures().memoryBytes)
  gauge('banyan_memory_limit_bytes', 'Beyond it requests are shed', () => measures().maxMemoryBytes)
  gauge('banyan_shed_ratio', 'The share of new requests that is answered 503 for overload', () => pressure().shed)
  gauge('banyan_rate_keys', 'Clients that rates are counted for', () => measures().rateKeys)
  gauge(
    'banyan_rate_keys_forgotten',
    'Clients whose rates were forgotten since the start, because there were too many',
    () => measures().forgottenRateKeys,
  )
}
