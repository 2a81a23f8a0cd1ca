import type { ServerResponse } from 'node:http'
import { isJsonObject, type Json } from '@banyan/toolkit/base'
import { adminPaths, type ProbeAnswer, type WhyAnswer } from '../admin/admin-api.ts'
import { type AdminRoute, answerJson } from '../admin/admin-server.ts'
import type { AskWorker } from './ask-worker.ts'
import type { Changes } from './changes.ts'
import { answerNotAll, fanOut } from './fan-out.ts'
import { mergeWhy, shareOfTap } from './merge/merge-observed.ts'
import { mergeLines, mergeRecording } from './merge/merge-recording.ts'
import { mergeProofs } from './merge/merge-status.ts'
import type { Reads } from './reads.ts'
import type { Streams } from './streams.ts'
import type { WorkerProcess } from './worker-process.ts'

const probeBoundMs = 9_500
const whyBoundMs = 5_000

/** What the one admin listener of an edge of several workers is made of. */
export interface ControlPlane {
  readonly workers: () => readonly WorkerProcess[]
  readonly client: AskWorker
  readonly changes: Changes
  readonly reads: Reads
  readonly streams: Streams
  draining(): boolean
}

/** The calls of the admin API, each for all workers. A call that an edge has and this has not does not compile. */
export function controlRoutes(plane: ControlPlane): readonly AdminRoute[] {
  const { changes, reads, streams } = plane
  const get = (path: string, run: (response: ServerResponse) => Promise<void> | void): AdminRoute => ({
    ...{ method: 'GET', path, run },
  })
  const post = (
    path: string,
    run: (response: ServerResponse, body: Json | undefined) => Promise<void> | void,
  ): AdminRoute => ({ method: 'POST', path, run })
  const routes: Readonly<Record<keyof typeof adminPaths, AdminRoute>> = {
    health: { ...get(adminPaths.health, (response) => answerJson(response, 200, { status: 'ok' })), open: true },
    ready: { ...get(adminPaths.ready, (response) => answerReady(response, plane)), open: true },
    metrics: get(adminPaths.metrics, reads.metrics),
    status: get(adminPaths.status, reads.status),
    tally: get(adminPaths.tally, reads.tally),
    reload: post(adminPaths.reload, changes.reload),
    probe: post(adminPaths.probe, (response) => answerProbe(response, plane)),
    recording: post(adminPaths.recording, (response, body) =>
      streams.begin(response, adminPaths.recording, { body, merge: mergeRecording(countOf(body)) }),
    ),
    why: post(adminPaths.why, (response, body) => answerWhy(response, body, plane)),
    tap: post(adminPaths.tap, (response, body) =>
      streams.begin(response, adminPaths.tap, { body: shareOfTap(body, plane.workers().length), merge: mergeLines() }),
    ),
    applied: post(adminPaths.applied, changes.applied),
    hold: post(adminPaths.hold, changes.hold),
    drained: post(adminPaths.drained, changes.drained),
    fenced: post(adminPaths.fenced, changes.fenced),
    owner: post(adminPaths.owner, changes.owner),
    release: post(adminPaths.release, changes.release),
  }
  return Object.values(routes)
}

function answerReady(response: ServerResponse, { draining, workers }: ControlPlane): void {
  const status = draining() ? 'draining' : workers().length === 0 ? 'no worker runs' : 'ready'
  answerJson(response, status === 'ready' ? 200 : 503, { status })
}

async function answerProbe(response: ServerResponse, { workers, client }: ControlPlane): Promise<void> {
  const call = { method: 'POST', path: adminPaths.probe, body: {}, boundMs: probeBoundMs } as const
  const fanned = await fanOut(workers(), () => call, client)
  if (fanned.kind !== 'all') return answerNotAll(response, fanned)
  const proofs = fanned.answers.map(({ value }) => (value as unknown as ProbeAnswer).shadows)
  answerJson(response, 200, { formatVersion: 1, shadows: mergeProofs(proofs) } satisfies ProbeAnswer)
}

async function answerWhy(
  response: ServerResponse,
  body: Json | undefined,
  { workers, client }: ControlPlane,
): Promise<void> {
  const call = { method: 'POST', path: adminPaths.why, body: body ?? {}, boundMs: whyBoundMs } as const
  const fanned = await fanOut(workers(), () => call, client)
  if (fanned.kind !== 'all') return answerNotAll(response, fanned)
  answerJson(response, 200, mergeWhy(fanned.answers.map(({ value }) => value as unknown as WhyAnswer)))
}

function countOf(body: Json | undefined): number | undefined {
  return isJsonObject(body) && typeof body.count === 'number' ? body.count : undefined
}
