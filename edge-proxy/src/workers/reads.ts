import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { EdgeStatus, RouteStatus, TallyReport } from '../admin/admin-api.ts'
import { adminPaths } from '../admin/admin-api.ts'
import { answerJson } from '../admin/admin-server.ts'
import type { AskWorker, WorkerCall } from './ask-worker.ts'
import { answerNotAll, type Fanned, fanOut } from './fan-out.ts'
import { buildLedger } from './ledger.ts'
import { departedRoutes, mergeRoutes } from './merge/merge-arms.ts'
import {
  countersOf,
  formatMetrics,
  type Metrics,
  mergeMetrics,
  metricsOfRoutes,
  parseMetrics,
} from './merge/merge-metrics.ts'
import { mergeStatuses, type OwnStatus } from './merge/merge-status.ts'
import { mergeTallies } from './merge/merge-tallies.ts'
import type { WorkerProcess } from './worker-process.ts'

/** What a status, a tally or the metrics may take of all workers: ten thousand routes are ten megabytes. */
const readBoundMs = 8_000

/** What an edge tells about itself, summed over its workers. What was once shown is not taken back when a worker goes. */
export interface Reads {
  status(response: ServerResponse): Promise<void>
  tally(response: ServerResponse): Promise<void>
  metrics(response: ServerResponse): Promise<void>
  /** The last readings of a worker that serves nobody any more. */
  last(worker: WorkerProcess): Promise<void>
  gone(worker: WorkerProcess): void
  /** Forgets what workers that are gone counted of routes that are gone too. */
  keep(): Promise<void>
}

/** What reads need. */
export interface ReadsOptions {
  readonly workers: () => readonly WorkerProcess[]
  readonly client: AskWorker
  own(): Promise<OwnStatus>
  /** Since when the tally counts: it begins anew when a worker died, for what it had counted last is lost. */
  since(): string
  /** The primary's own metrics. */
  metrics(): string
}

/** Builds reads that have seen nothing yet. */
export function buildReads(options: ReadsOptions): Reads {
  const { workers, client, own, since } = options
  const routes = buildLedger<readonly RouteStatus[]>((all) => mergeRoutes(all))
  const tallies = buildLedger<TallyReport['routes']>(mergeTallies)
  const metrics = buildLedger<Metrics>(mergeMetrics)
  const ask = (path: string, of = workers()) => fanOut(of, () => readCall(path), client)
  const seeStatuses = (fanned: Extract<Fanned, { kind: 'all' }>) => {
    for (const { worker, value } of fanned.answers) routes.saw(worker.id, departedRoutes(statusOf(value).routes))
  }
  const seeTallies = (fanned: Extract<Fanned, { kind: 'all' }>) => {
    for (const { worker, value } of fanned.answers) tallies.saw(worker.id, tallyOf(value).routes)
  }
  const seeMetrics = (fanned: Extract<Fanned, { kind: 'all' }>) =>
    fanned.answers.map(({ worker, value }) => {
      const parsed = parseMetrics(String(value))
      metrics.saw(worker.id, countersOf(parsed))
      return parsed
    })
  return {
    status: async (response) => {
      const fanned = await ask(adminPaths.status)
      if (fanned.kind !== 'all') return answerNotAll(response, fanned)
      seeStatuses(fanned)
      const [first, ...rest] = fanned.answers
      const statuses = [statusOf(first.value), ...rest.map(({ value }) => statusOf(value))] as const
      answerJson(response, 200, mergeStatuses(statuses, routes.departed(), await own()))
    },
    tally: async (response) => {
      const fanned = await ask(adminPaths.tally)
      if (fanned.kind !== 'all') return answerNotAll(response, fanned)
      seeTallies(fanned)
      const report = { formatVersion: 1, since: since(), routes: mergeTallies(tallies.readings()) } as const
      answerJson(response, 200, report satisfies TallyReport)
    },
    metrics: async (response) => {
      const fanned = await ask(adminPaths.metrics)
      if (fanned.kind !== 'all') return answerNotAll(response, fanned)
      const now = seeMetrics(fanned)
      const all = mergeMetrics([...now, ...metrics.departed(), parseMetrics(options.metrics())])
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      await pipeline(Readable.from(formatMetrics(all)), response).catch(() => response.destroy())
    },
    last: async (worker) => {
      const [status, tally, text] = await Promise.all(
        [adminPaths.status, adminPaths.tally, adminPaths.metrics].map((path) => ask(path, [worker])),
      )
      if (status?.kind === 'all') seeStatuses(status)
      if (tally?.kind === 'all') seeTallies(tally)
      if (text?.kind === 'all') seeMetrics(text)
    },
    gone: ({ id }) => {
      routes.gone(id)
      tallies.gone(id)
      metrics.gone(id)
    },
    keep: async () => {
      if (routes.departed().length === 0) return
      const [one] = workers()
      const fanned = one === undefined ? undefined : await ask(adminPaths.status, [one])
      if (fanned?.kind !== 'all') return
      const live = new Set(statusOf(fanned.answers[0].value).routes.map(({ route }) => route))
      tallies.keep((sum) => sum.filter(({ route }) => live.has(route)))
      routes.keep((sum) => sum.filter(({ route }) => live.has(route)))
      metrics.keep((sum) => metricsOfRoutes(sum, live))
    },
  }
}

function readCall(path: string): WorkerCall {
  return { method: 'GET', path, boundMs: readBoundMs }
}

// The workers' documents are ours, of the same release: their shapes are those of the admin API.
function statusOf(value: unknown): EdgeStatus {
  return value as EdgeStatus
}

function tallyOf(value: unknown): TallyReport {
  return value as TallyReport
}
