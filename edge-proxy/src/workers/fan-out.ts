import type { ServerResponse } from 'node:http'
import { type Json, parseJson } from '@banyan/toolkit/base'
import { refuseCall } from '../admin/admin-server.ts'
import type { AskWorker, WorkerAnswer, WorkerCall } from './ask-worker.ts'
import type { WorkerProcess } from './worker-process.ts'

/** How long the end of a worker may take to be known here after its connections broke. */
const endBoundMs = 1_000

/** What all workers answered to one call; one that died over it is left out. */
export type Fanned =
  | { readonly kind: 'all'; readonly answers: readonly [Answered, ...Answered[]] }
  /** At least one refuses. */
  | { readonly kind: 'refused'; readonly refusal: Heard; readonly done: readonly Answered[] }
  /** At least one lives and does not answer, or there is none. */
  | { readonly kind: 'silent'; readonly why: string; readonly done: readonly Answered[] }

/** A worker that did what it was asked. */
export interface Answered {
  readonly worker: WorkerProcess
  readonly value: Json
}

type Heard = Extract<WorkerAnswer, { readonly kind: 'answered' }>

/** Asks all at once, and returns when each of them has answered, or is known to be gone. */
export async function fanOut(
  workers: readonly WorkerProcess[],
  callOf: (worker: WorkerProcess, at: number) => WorkerCall,
  { ask }: AskWorker,
): Promise<Fanned> {
  const asked = await Promise.all(
    workers.map(async (worker, at) => {
      const answer = await ask(worker.adminAddress(), callOf(worker, at))
      return { worker, answer, isGone: answer.kind === 'silent' && (await endsSoon(worker)) }
    }),
  )
  const heard = asked.filter(({ isGone }) => !isGone)
  const done = heard.flatMap(({ worker, answer }) => (isDone(answer) ? [{ worker, value: jsonOf(answer) }] : []))
  for (const { answer } of heard) {
    if (answer.kind === 'answered' && !isDone(answer)) return { kind: 'refused', refusal: answer, done }
  }
  for (const { worker, answer } of heard) {
    if (answer.kind === 'silent') return { kind: 'silent', why: `worker ${worker.pid}: ${answer.why}`, done }
  }
  const [first, ...rest] = done
  if (first === undefined) return { kind: 'silent', why: 'no worker runs', done }
  return { kind: 'all', answers: [first, ...rest] }
}

/** Passes on why not all did it. */
export function answerNotAll(response: ServerResponse, fanned: Exclude<Fanned, { readonly kind: 'all' }>): void {
  if (fanned.kind === 'silent') {
    refuseCall(response, { status: 503, code: 'worker-silent', detail: fanned.why })
    return
  }
  const { status, type, text } = fanned.refusal
  response.writeHead(status, { 'content-type': type })
  response.end(text)
}

function isDone(answer: WorkerAnswer): answer is Heard {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 300
}

function jsonOf({ text }: Heard): Json {
  return parseJson(text) ?? text
}

async function endsSoon(worker: WorkerProcess): Promise<boolean> {
  if (worker.isGone()) return true
  let timer: NodeJS.Timeout | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, endBoundMs)
  })
  await Promise.race([worker.ended, bound])
  clearTimeout(timer)
  return worker.isGone()
}
