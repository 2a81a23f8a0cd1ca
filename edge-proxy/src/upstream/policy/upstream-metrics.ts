import { Counter, Gauge, type Registry } from 'prom-client'
import type { LiveStatus } from './upstream-status.ts'
import type { Upstreams } from './upstreams.ts'

const breakerStates = ['closed', 'half-open', 'open'] as const

/** Adds what policies do, by upstream, and fallbacks, by route; all of it is read when metrics are asked for. */
export function addUpstreamMetrics(registry: Registry, upstreams: Pick<Upstreams, 'status' | 'fallbacks'>): void {
  const add = (kind: typeof Counter | typeof Gauge, about: About) =>
    new kind({
      ...{ name: about.name, help: about.help, labelNames: about.labels, registers: [registry] },
      collect() {
        this.reset()
        for (const [values, value] of about.read()) this.labels(...values).inc(value)
      },
    })
  const each = (value: (status: LiveStatus) => number | undefined) => () =>
    upstreams.status().flatMap((status): readonly Sample[] => {
      const read = value(status)
      return read === undefined ? [] : [[[status.upstream], read]]
    })
  const labels = ['upstream']
  const state = each(({ breaker }) => breaker && breakerStates.indexOf(breaker.state))
  add(Gauge, { name: 'banyan_upstream_breaker_state', help: '0 closed, 1 half-open, 2 open', labels, read: state })
  for (const [name, help, read] of counters)
    add(Counter, { name: `banyan_upstream_${name}`, help, labels, read: each(read) })
  for (const [name, help, read] of ofEndpoints) {
    const samples = () => byEndpoint(upstreams, read)
    add(Gauge, { name: `banyan_upstream_${name}`, help, labels: ['upstream', 'url'], read: samples })
  }
  add(Counter, {
    name: 'banyan_fallbacks_total',
    help: 'Requests that legacy answered because the service failed',
    labels: ['route'],
    read: () => [...upstreams.fallbacks()].map(([route, count]): Sample => [[route], count]),
  })
}

const counters: readonly (readonly [string, string, (status: LiveStatus) => number | undefined])[] = [
  ['breaker_opened_total', 'Times that the breaker opened', ({ breaker }) => breaker?.opened],
  ['breaker_stopped_total', 'Requests that an open breaker stopped', ({ stopped }) => stopped],
  ['retries_total', 'Requests that were sent again', ({ retries }) => retries],
  ['retries_over_budget_total', 'Retries that were not made: the budget was used up', ({ overBudget }) => overBudget],
  ['ejected_total', 'Times that an address was ejected', ({ ejected }) => ejected],
]

const ofEndpoints: readonly (readonly [string, string, (endpoint: LiveStatus['endpoints'][number]) => number])[] = [
  [
    'available',
    '1 when an address gets requests, 0 when not',
    ({ state }) => Number(state === 'up' || state === 'healthy'),
  ],
  ['outstanding', 'Requests under way to an address', ({ outstanding }) => outstanding],
]

interface About {
  readonly name: string
  readonly help: string
  readonly labels: string[]
  read(): Iterable<Sample>
}

/** The values of the labels, and the number. */
type Sample = readonly [readonly string[], number]

function byEndpoint(
  upstreams: Pick<Upstreams, 'status'>,
  value: (endpoint: LiveStatus['endpoints'][number]) => number,
): readonly Sample[] {
  return upstreams
    .status()
    .flatMap(({ upstream, endpoints }) => endpoints.map((each): Sample => [[upstream, each.url], value(each)]))
}
