import { type Clock, systemClock } from '@banyan/toolkit/base'
import { Counter, Gauge, Registry } from 'prom-client'
import type { ArmStats } from '../admin/admin-api.ts'
import {
  type ArmCounts,
  countInto,
  newArmCounts,
  recentOf,
  recentSeconds,
  type Served,
  sliceMs,
  totalOf,
} from './arm-counts.ts'
import { latencyBoundsMs } from './latency-buckets.ts'
import type { ArmsOfRoute } from './live-arms.ts'
import { metricsText } from './metrics-text.ts'

/** What requests are counted as whose route a reload took away meanwhile; no route can have this name. */
const goneRoute = '(gone)'

/** Counts per route and arm: `/status` and `/metrics` are two views of the same numbers. */
export interface Stats {
  observe(served: Served): void
  /** A request that the edge answered itself, by the refusal's code. */
  refused(code: string): void
  /** Routes that something was counted of. */
  routes(): Iterable<string>
  /** What was counted of a route; one that was never asked has no arms. */
  armsOf(route: string): readonly ArmStats[]
  /**
   * From now on these routes exist, each with the arms that may serve it. What was counted of others is forgotten, so
   * that reloads cannot grow the series without end (law 9).
   */
  keep(live: ArmsOfRoute): void
  /** Adds a number that is read when metrics are asked for. */
  gauge(name: string, help: string, read: () => number): void
  readonly registry: Registry
  /** All metrics in the text format of Prometheus, in parts, so that ten thousand routes do not hold up requests. */
  metrics(): AsyncIterable<string>
}

/** Counts by route, and there by arm. */
type CountsByRoute = Map<string, Map<string, ArmCounts>>

/** Builds empty statistics with a registry of their own for all that is not counted per request. */
export function buildStats(clock: Pick<Clock, 'monotonic'> = systemClock): Stats {
  const registry = new Registry()
  const began = clock.monotonic()
  const counts: CountsByRoute = new Map()
  let live: ArmsOfRoute | undefined
  const refused = new Counter({
    name: 'banyan_requests_refused_total',
    help: 'Requests that the edge answered itself, by code',
    labelNames: ['code'] as const,
    registers: [registry],
  })
  const begin = (route: string, arm: string): ArmCounts => {
    const known = live === undefined || live(route).includes(arm)
    return countsOf(counts, known ? route : goneRoute, known ? arm : '')
  }
  return {
    observe: (served) => {
      const series = counts.get(served.route)?.get(served.arm) ?? begin(served.route, served.arm)
      countInto(series, served, Math.floor((clock.monotonic() - began) / sliceMs))
    },
    refused: (code) => refused.labels(code).inc(),
    routes: () => counts.keys(),
    armsOf: (route) => {
      const nowMs = clock.monotonic() - began
      return [...(counts.get(route) ?? [])].map(([arm, each]) => armStats(arm, each, nowMs))
    },
    keep: (arms) => {
      live = arms
      forgetOthers(counts, arms)
    },
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    registry,
    metrics: () => metricsText(counts, registry),
  }
}

function countsOf(counts: CountsByRoute, route: string, arm: string): ArmCounts {
  const arms = counts.get(route) ?? new Map<string, ArmCounts>()
  counts.set(route, arms)
  const series = arms.get(arm) ?? newArmCounts()
  arms.set(arm, series)
  return series
}

function forgetOthers(counts: CountsByRoute, live: ArmsOfRoute): void {
  for (const [route, arms] of counts) {
    if (route === goneRoute) continue
    const kept = live(route)
    for (const arm of arms.keys()) if (!kept.includes(arm)) arms.delete(arm)
    if (arms.size === 0) counts.delete(route)
  }
}

function armStats(arm: string, counts: ArmCounts, nowMs: number): ArmStats {
  const total = totalOf(counts)
  const recent = recentOf(counts, Math.floor(nowMs / sliceMs))
  return {
    arm,
    requests: total.requests,
    errors: total.errors,
    latency: { boundsMs: latencyBoundsMs, counts: total.latencyCounts },
    lastMinute: {
      seconds: recentSeconds(nowMs),
      requests: recent.requests,
      errors: recent.errors,
      latency: { boundsMs: latencyBoundsMs, counts: recent.latencyCounts },
    },
  }
}
