import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ArmStats } from '../admin/admin-api.ts'

/** Upper bounds of the latency buckets, in ms. */
const latencyBoundsMs: readonly number[] = [
  0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 30_000,
]

/** One request that an arm was to serve. */
export interface Served {
  readonly route: string
  /** The arm, or the upstream's name for a plain route. */
  readonly arm: string
  readonly status: number
  readonly tookMs: number
  /** The upstream gave no whole answer. */
  readonly failed: boolean
}

/** Counts per route and arm: `/status` and `/metrics` are two views of the same numbers. */
export interface Stats {
  observe(served: Served): void
  /** A request that the edge answered itself, by the refusal's code. */
  refused(code: string): void
  /** By route; a route that was never asked has none. */
  arms(): Promise<ReadonlyMap<string, readonly ArmStats[]>>
  /** Forgets routes that no longer exist, so that reloads cannot grow the series without end (law 9). */
  keepRoutes(routes: ReadonlySet<string>): void
  /** Adds a number that is read when metrics are asked for. */
  gauge(name: string, help: string, read: () => number): void
  readonly registry: Registry
}

interface Series {
  readonly route: string
  readonly arm: string
  observe(served: Served): void
}

/** Builds empty statistics with a registry of their own. */
export function buildStats(): Stats {
  const registry = new Registry()
  const metrics = buildMetrics(registry)
  const known = new Map<string, Series>()
  return {
    observe: (served) => {
      const key = `${served.route}\0${served.arm}`
      const series = known.get(key) ?? buildSeries(served, metrics)
      known.set(key, series)
      series.observe(served)
    },
    refused: (code) => metrics.refused.labels(code).inc(),
    arms: () => readArms(metrics),
    keepRoutes: (routes) => {
      for (const [key, series] of known) {
        if (routes.has(series.route)) continue
        known.delete(key)
        removeSeries(series, metrics)
      }
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
  }
}

type Metrics = ReturnType<typeof buildMetrics>

const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const

function buildMetrics(registry: Registry) {
  const registers = [registry]
  return {
    took: new Histogram({
      name: 'banyan_request_duration_seconds',
      help: 'From the arrival of a request to the end of its answer, by route and serving arm',
      labelNames: ['route', 'arm'] as const,
      buckets: latencyBoundsMs.map((ms) => ms / 1000),
      registers,
    }),
    requests: new Counter({
      name: 'banyan_requests_total',
      help: 'Requests by route, serving arm and status class',
      labelNames: ['route', 'arm', 'status'] as const,
      registers,
    }),
    errors: new Counter({
      name: 'banyan_request_errors_total',
      help: 'Answers of status 500 and above, and requests without a whole answer, by route and arm',
      labelNames: ['route', 'arm'] as const,
      registers,
    }),
    refused: new Counter({
      name: 'banyan_requests_refused_total',
      help: 'Requests that the edge answered itself, by code',
      labelNames: ['code'] as const,
      registers,
    }),
  }
}

/** Children are looked up once: a labels object per request costs more than all else that is counted. */
function buildSeries({ route, arm }: Served, metrics: Metrics): Series {
  const took = metrics.took.labels(route, arm)
  const errors = metrics.errors.labels(route, arm)
  const byClass = statusClasses.map((status) => metrics.requests.labels(route, arm, status))
  return {
    route,
    arm,
    observe: ({ status, tookMs, failed }) => {
      took.observe(tookMs / 1000)
      byClass[Math.floor(status / 100) - 1]?.inc()
      if (failed || status >= 500) errors.inc()
    },
  }
}

function removeSeries({ route, arm }: Series, metrics: Metrics): void {
  metrics.took.remove(route, arm)
  metrics.errors.remove(route, arm)
  for (const status of statusClasses) metrics.requests.remove(route, arm, status)
}

async function readArms({ took, errors }: Metrics): Promise<ReadonlyMap<string, readonly ArmStats[]>> {
  const failed = new Map<string, number>()
  for (const { labels, value } of (await errors.get()).values) failed.set(`${labels.route}\0${labels.arm}`, value)
  const cumulative = new Map<string, number[]>()
  for (const { labels, value, metricName } of (await took.get()).values) {
    if (!metricName?.endsWith('_bucket')) continue
    const key = `${labels.route}\0${labels.arm}`
    const counts = cumulative.get(key)
    if (counts === undefined) cumulative.set(key, [value])
    else counts.push(value)
  }
  const byRoute = new Map<string, ArmStats[]>()
  for (const [key, counts] of cumulative) {
    const [route = '', arm = ''] = key.split('\0')
    const single = counts.map((count, i) => count - (i === 0 ? 0 : (counts[i - 1] ?? 0)))
    const stats = { arm, requests: counts.at(-1) ?? 0, errors: failed.get(key) ?? 0 }
    byRoute.set(route, [
      ...(byRoute.get(route) ?? []),
      { ...stats, latency: { boundsMs: latencyBoundsMs, counts: single } },
    ])
  }
  return byRoute
}
