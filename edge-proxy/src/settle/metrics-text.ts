import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { type ArmCounts, totalOf } from './arm-counts.ts'
import { latencyBoundsMs } from './latency-buckets.ts'

/** So many routes and arms are written before requests get their turn. */
const perTurn = 100

const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const
const bucketLabels: readonly string[] = [...latencyBoundsMs.map((ms) => String(ms / 1000)), '+Inf']

type Counts = ReadonlyMap<string, ReadonlyMap<string, ArmCounts>>

interface Family {
  readonly head: string
  lines(labels: string, counts: ArmCounts): string
}

/**
 * The metrics of every route and arm, then those of the registry, in the text exposition format of Prometheus, version
 * 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Label values come from the route table alone: no client can add one.
 */
export async function* metricsText(counts: Counts, registry: Pick<Registry, 'metrics'>): AsyncIterable<string> {
  for (const { head, lines } of families) {
    yield head
    let part = ''
    let written = 0
    for (const [route, arms] of counts) {
      for (const [arm, each] of arms) part += lines(`route="${escaped(route)}",arm="${escaped(arm)}"`, each)
      written += arms.size
      if (written < perTurn) continue
      yield part
      part = ''
      written = 0
      await nextTurn()
    }
    yield part
  }
  yield await registry.metrics()
}

const families: readonly Family[] = [
  {
    head: headOf(
      'banyan_request_duration_seconds',
      'From the arrival of a request to the end of its answer, by route and serving arm',
      'histogram',
    ),
    lines: durationLines,
  },
  {
    head: headOf('banyan_requests_total', 'Requests by route, serving arm and status class', 'counter'),
    lines: (labels, counts) => {
      const { byClass } = totalOf(counts)
      return statusClasses
        .map((status, at) => `banyan_requests_total{${labels},status="${status}"} ${byClass[at]}\n`)
        .join('')
    },
  },
  {
    head: headOf(
      'banyan_request_errors_total',
      'Answers of status 500 and above, and requests without a whole answer, by route and arm',
      'counter',
    ),
    lines: (labels, counts) => `banyan_request_errors_total{${labels}} ${totalOf(counts).errors}\n`,
  },
]

function headOf(name: string, help: string, type: 'histogram' | 'counter'): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

function durationLines(labels: string, counts: ArmCounts): string {
  const { latencyCounts, sumMs, requests } = totalOf(counts)
  const name = 'banyan_request_duration_seconds'
  let lines = ''
  let below = 0
  for (const [at, count] of latencyCounts.entries()) {
    below += count
    lines += `${name}_bucket{le="${bucketLabels[at]}",${labels}} ${below}\n`
  }
  return `${lines}${name}_sum{${labels}} ${sumMs / 1000}\n${name}_count{${labels}} ${requests}\n`
}

/** Names in a route table need no escaping; this holds should they ever be allowed more. */
function escaped(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value
}
