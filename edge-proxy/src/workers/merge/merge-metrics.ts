/** Metrics as numbers, family by family, in the order in which they came. */
export type Metrics = ReadonlyMap<string, MetricFamily>

/** One metric with its series. */
export interface MetricFamily {
  /** Its `# HELP` and `# TYPE` lines. */
  readonly head: string
  readonly type: string
  /** By name and labels, as they are written. */
  readonly series: ReadonlyMap<string, number>
}

/** Of these the sum says nothing: states and delays, of which the worst is shown, and what all workers count alike. */
const highestOf = /(_lag_|_ratio$|breaker_state$|breaker_opened_total$|_rate_keys$)/
const lowestOf = /(_available$|_expires_seconds$)/

/** Reads the text exposition format of Prometheus 0.0.4, as an edge writes it. */
export function parseMetrics(text: string): Metrics {
  const families = new Map<string, { head: string; type: string; series: Map<string, number> }>()
  let family = { head: '', type: 'untyped', series: new Map<string, number>() }
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (!line.startsWith('#')) {
      const end = line.lastIndexOf(' ')
      family.series.set(line.slice(0, end), Number(line.slice(end + 1)))
      continue
    }
    const [, keyword = '', name = '', type = ''] = line.split(' ', 4)
    if (keyword !== 'HELP' && keyword !== 'TYPE') continue
    family = families.get(name) ?? { head: '', type: 'untyped', series: new Map<string, number>() }
    families.set(name, family)
    family.head += `${line}\n`
    if (keyword === 'TYPE') family.type = type
  }
  return families
}

/** Adds up the metrics of workers by name and labels; of what cannot be added it takes the worst. */
export function mergeMetrics(all: readonly Metrics[]): Metrics {
  const merged = new Map<string, { head: string; type: string; series: Map<string, number> }>()
  for (const [name, { head, type, series }] of all.flatMap((metrics) => [...metrics])) {
    const family = merged.get(name) ?? { head, type, series: new Map<string, number>() }
    merged.set(name, family)
    const both = howOf(name)
    for (const [key, value] of series) {
      const known = family.series.get(key)
      family.series.set(key, known === undefined ? value : both(known, value))
    }
  }
  return merged
}

function howOf(name: string): (a: number, b: number) => number {
  if (highestOf.test(name)) return Math.max
  if (lowestOf.test(name)) return Math.min
  return (a, b) => a + b
}

/** What stays of a worker that is gone: what it counted, and nothing of how it was. */
export function countersOf(metrics: Metrics): Metrics {
  return new Map(
    [...metrics].filter(([, { type }]) => type === 'counter' || type === 'histogram' || type === 'summary'),
  )
}

/** Without the series of other routes. */
export function metricsOfRoutes(metrics: Metrics, routes: ReadonlySet<string>): Metrics {
  return new Map(
    [...metrics].map(([name, family]) => {
      const series = new Map([...family.series].filter(([key]) => isOf(routes, key)))
      return [name, { ...family, series }]
    }),
  )
}

function isOf(routes: ReadonlySet<string>, key: string): boolean {
  const [, route] = /[{,]route="([^"]*)"/.exec(key) ?? []
  return route === undefined || route === '(gone)' || routes.has(route)
}

/** Writes them again, a part for each family. */
export function* formatMetrics(metrics: Metrics): Iterable<string> {
  for (const { head, series } of metrics.values()) {
    let part = head
    for (const [key, value] of series) part += `${key} ${value}\n`
    yield part
  }
}
