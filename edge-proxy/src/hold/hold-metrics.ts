import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What is counted of holds, by capability. */
export interface HoldMetrics {
  held(capability: string): void
  refused(capability: string): void
  left(capability: string): void
  waited(capability: string, ms: number): void
}

const secondBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60]

/** Builds the metrics of holds; `now` is asked for who is held when they are read. */
export function buildHoldMetrics(registry: Registry, now: () => Iterable<readonly [string, number]>): HoldMetrics {
  const about = { labelNames: ['capability'] as const, registers: [registry] }
  const held = new Counter({ ...about, name: 'banyan_hold_requests_total', help: 'Writes that met a hold' })
  const refused = new Counter({
    ...about,
    name: 'banyan_hold_refused_total',
    help: 'Writes that a hold answered 503, sent to no upstream',
  })
  const left = new Counter({ ...about, name: 'banyan_hold_left_total', help: 'Writes whose client left while held' })
  const seconds = new Histogram({
    ...about,
    name: 'banyan_hold_seconds',
    help: 'How long held writes waited',
    buckets: secondBounds,
  })
  new Gauge({
    ...about,
    name: 'banyan_hold_waiting',
    help: 'Writes that are held now',
    collect() {
      this.reset()
      for (const [capability, waiting] of now()) this.labels(capability).set(waiting)
    },
  })
  return {
    held: (capability) => held.labels(capability).inc(),
    refused: (capability) => refused.labels(capability).inc(),
    left: (capability) => left.labels(capability).inc(),
    waited: (capability, ms) => seconds.labels(capability).observe(ms / 1000),
  }
}
