import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock, Json } from '@banyan/toolkit/base'
import type { Tally } from '@banyan/toolkit/compare'
import type { RouteTable } from '@banyan/toolkit/routing'
import type { Epochs } from '../hold/epochs.ts'
import type { Holds } from '../hold/holds.ts'
import type { Observers } from '../observe/observers.ts'
import type { AppliedReports } from '../passage/applied-reports.ts'
import type { RouteTableSource } from '../route-table/route-table-source.ts'
import type { StreamWanted } from '../settle/recorder.ts'
import type { Recorders } from '../settle/recording.ts'
import type { Stats } from '../settle/stats.ts'
import type { ShadowProbes } from '../shadow/probe.ts'
import {
  type AppliedAnswer,
  adminPaths,
  type ProbeAnswer,
  type RecordingRequest,
  type TallyReport,
} from './admin-api.ts'
import { appliedReport, recordingRequest, reloadRequest, tapRequest, whyRequest } from './admin-bodies.ts'
import { type AdminRoute, answerJson, refuseBody, refuseCall } from './admin-server.ts'
import { cutoverRoutes } from './cutover-routes.ts'
import { type StatusInParts, statusText } from './status-text.ts'

/** What the admin API shows and moves. */
export interface Administered {
  readonly source: RouteTableSource
  readonly stats: Stats
  readonly tally: Tally
  readonly recorders: Recorders
  readonly applied: AppliedReports
  readonly holds: Holds
  readonly epochs: Epochs
  readonly startedAt: string
  readonly clock: Clock
  readonly probes: ShadowProbes
  readonly observers: Observers
  status(): Promise<StatusInParts>
  draining(): boolean
}

/** The calls of the admin API, as `admin-api.ts` words them. */
export function adminRoutes(edge: Administered): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: adminPaths.health,
      open: true,
      run: (response) => answerJson(response, 200, { status: 'ok' }),
    },
    { method: 'GET', path: adminPaths.ready, open: true, run: (response) => answerReady(response, edge.draining()) },
    { method: 'GET', path: adminPaths.metrics, run: (response) => answerMetrics(response, edge.stats) },
    { method: 'GET', path: adminPaths.status, run: (response) => answerStatus(response, edge) },
    { method: 'GET', path: adminPaths.tally, run: (response) => answerJson(response, 200, tallyOf(edge)) },
    { method: 'POST', path: adminPaths.reload, run: (response, body) => answerReload(response, body, edge.source) },
    { method: 'POST', path: adminPaths.probe, run: (response) => answerProbe(response, edge.probes) },
    { method: 'POST', path: adminPaths.recording, run: (response, body) => answerRecording(response, body, edge) },
    { method: 'POST', path: adminPaths.why, run: (response, body) => answerWhy(response, body, edge) },
    { method: 'POST', path: adminPaths.tap, run: (response, body) => answerTap(response, body, edge) },
    { method: 'POST', path: adminPaths.applied, run: (response, body) => answerApplied(response, body, edge) },
    ...cutoverRoutes(edge),
  ]
}

function answerReady(response: ServerResponse, draining: boolean): void {
  answerJson(response, draining ? 503 : 200, { status: draining ? 'draining' : 'ready' })
}

async function answerMetrics(response: ServerResponse, { registry, metrics }: Stats): Promise<void> {
  response.writeHead(200, { 'content-type': registry.contentType })
  await pipeline(Readable.from(metrics()), response).catch(() => response.destroy())
}

async function answerStatus(response: ServerResponse, edge: Administered): Promise<void> {
  const status = await edge.status()
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  await pipeline(Readable.from(statusText(status)), response).catch(() => response.destroy())
}

function tallyOf({ startedAt, tally }: Administered): TallyReport {
  return { formatVersion: 1, since: startedAt, routes: tally.report() }
}

async function answerProbe(response: ServerResponse, probes: ShadowProbes): Promise<void> {
  answerJson(response, 200, { formatVersion: 1, shadows: await probes.probe() } satisfies ProbeAnswer)
}

async function answerReload(response: ServerResponse, body: Json | undefined, source: RouteTableSource): Promise<void> {
  const request = reloadRequest(body)
  if (!request.ok) return refuseBody(response, request.problem)
  const { ok, ...answer } = await source.reload(request.value.revision)
  answerJson(response, ok ? 200 : 422, answer)
}

async function answerRecording(response: ServerResponse, body: Json | undefined, edge: Administered): Promise<void> {
  const request = recordingRequest(body, new Set(edge.source.current().routes.map(({ name }) => name)))
  if (!request.ok) return refuseBody(response, request.problem)
  const wanted = streamOf(request.value, edge.source.current())
  if (wanted === undefined) return refuseBody(response, 'the route table wants nothing to be recorded always')
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  await edge.recorders.start(wanted, response)
}

/** Undefined: it asks for what the route table always records, and that is nothing. */
function streamOf(request: RecordingRequest, { recording }: RouteTable): StreamWanted | undefined {
  if (request.standing === undefined) return request
  const rule = recording?.standing
  return rule && { ...request, routes: [...rule.routes], percent: rule.percent }
}

function answerWhy(response: ServerResponse, body: Json | undefined, { observers }: Administered): void {
  const request = whyRequest(body)
  if (request.ok) answerJson(response, 200, observers.why(request.value.id))
  else refuseBody(response, request.problem)
}

function answerTap(response: ServerResponse, body: Json | undefined, edge: Administered): void {
  const request = tapRequest(body, new Set(edge.source.current().routes.map(({ name }) => name)))
  const detail = 'there are as many readers as there may be; end another banyan tap'
  if (!request.ok) refuseBody(response, request.problem)
  else if (edge.observers.full()) refuseCall(response, { status: 409, code: 'taps-full', detail })
  else {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    edge.observers.tap(request.value, response)
  }
}

async function answerApplied(response: ServerResponse, body: Json | undefined, edge: Administered): Promise<void> {
  const now = edge.clock.now()
  const report = appliedReport(body, { known: edge.source.current().capabilities, now })
  if (!report.ok) return refuseBody(response, report.problem)
  const { capability, through, from } = report.value
  if (through === undefined) return answerJson(response, 200, { now } satisfies AppliedAnswer)
  const owner = edge.source.current().capabilities.get(capability)?.owner
  const taken = from === undefined ? edge.epochs.seen(capability) === 0 : from === owner
  if (taken) edge.applied.report(capability, through)
  answerJson(response, 200, { now, taken } satisfies AppliedAnswer)
}
