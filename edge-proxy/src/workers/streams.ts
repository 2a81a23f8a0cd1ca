import type { IncomingMessage, ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import type { Json } from '@banyan/toolkit/base'
import { refuseCall } from '../admin/admin-server.ts'
import type { AskWorker } from './ask-worker.ts'
import { type LineMerge, type MergedStream, mergeStreams } from './merge/merge-streams.ts'
import type { WorkerProcess } from './worker-process.ts'

const beginBoundMs = 8_000

/** Streams of NDJSON that all workers write, and those that start later join. */
export interface Streams {
  /** Begins one in every worker; resolves when it is over. Passes a worker's refusal on. */
  begin(response: ServerResponse, path: string, asked: StreamAsked): Promise<void>
  /** Begins one whose lines `merge` keeps itself, with those workers that write it. */
  follow(path: string, asked: StreamAsked): Promise<MergedStream>
  /** A worker that lets nobody in yet begins to write all that the others write. */
  join(worker: WorkerProcess): Promise<void>
  /** Ends all with their last lines. */
  finish(): Promise<void>
}

/** One stream: what each worker is asked, and what becomes of its lines. */
export interface StreamAsked {
  readonly body: Json | undefined
  readonly merge: LineMerge
}

interface Running {
  readonly path: string
  readonly body: Json | undefined
  readonly merged: MergedStream
}

/** Builds streams of which none runs. */
export function buildStreams(workers: () => readonly WorkerProcess[], { stream }: AskWorker): Streams {
  const running = new Set<Running>()
  const open = (worker: WorkerProcess, { path, body }: Pick<Running, 'path' | 'body'>) =>
    stream(worker.adminAddress(), { method: 'POST', path, body: body ?? {}, boundMs: beginBoundMs })
  const openAll = async (path: string, body: Json | undefined, of = workers()) =>
    (await Promise.all(of.map((worker) => open(worker, { path, body })))).flatMap((each) => each ?? [])
  const joinOne = async (worker: WorkerProcess, one: Running) => {
    const begun = await open(worker, one)
    if (begun?.statusCode === 200) one.merged.add(begun)
    else begun?.destroy()
  }
  const run = async (one: Running, begun: readonly IncomingMessage[]) => {
    running.add(one)
    for (const each of begun) one.merged.add(each)
    await one.merged.over
    running.delete(one)
  }
  return {
    begin: async (response, path, { body, merge }) => {
      const asked = workers()
      const begun = await openAll(path, body, asked)
      const refusal = begun.find(({ statusCode }) => statusCode !== 200)
      if (refusal !== undefined || begun.length === 0) return refuse(response, begun, refusal)
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.flushHeaders()
      const one = { path, body, merged: mergeStreams(response, merge) }
      const over = run(one, begun)
      // Who joined while the others were asked found nothing to join.
      for (const worker of workers()) if (!asked.includes(worker)) await joinOne(worker, one)
      await over
    },
    follow: async (path, { body, merge }) => {
      const merged = mergeStreams(nowhere(), merge)
      void run({ path, body, merged }, []).catch(() => undefined)
      for (const each of await openAll(path, body)) {
        if (each.statusCode === 200) merged.add(each)
        else each.destroy()
      }
      return merged
    },
    join: async (worker) => {
      for (const one of running) await joinOne(worker, one)
    },
    finish: async () => {
      for (const { merged } of running) merged.finish()
      await Promise.all([...running].map(({ merged }) => merged.over))
    },
  }
}

/** One worker's refusal is that of all. */
function refuse(
  response: ServerResponse,
  begun: readonly IncomingMessage[],
  refusal: IncomingMessage | undefined,
): Promise<void> {
  for (const each of begun) if (each !== refusal) each.destroy()
  if (refusal === undefined) {
    refuseCall(response, { status: 503, code: 'worker-silent', detail: 'no worker runs' })
    return Promise.resolve()
  }
  response.writeHead(refusal.statusCode ?? 503, { 'content-type': refusal.headers['content-type'] ?? 'text/plain' })
  refusal.pipe(response)
  return new Promise((resolve) => response.once('close', resolve))
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
