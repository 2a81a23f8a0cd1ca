import type { Worker } from 'node:worker_threads'
import { type Clock, messageOf } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import { startThread } from '../thread/start-thread.ts'
import { buildFrameBatch, type FrameHead } from './recording-frame.ts'
import type { FromRecordingThread, ToldToThread, ToRecordingThread } from './recording-messages.ts'

/** What is on its way to the thread and not yet dealt with; beyond it exchanges are left out, and counted (law 9). */
const maxUnderWayBytes = 48 * 1024 * 1024
/** How long an exchange may wait for others to go with it. */
const gatherMs = 20
/** A thread that died is not started again before so long. */
const restartMs = 5_000

/** The thread that redacts and stores, as the edge's event loop sees it. Started when it is first needed. */
export interface RecordingThread {
  /** False when too much is under way, or the thread cannot be started: the exchange is left out. */
  send(head: FrameHead, request: Buffer, answer: Buffer): boolean
  /** What was sent before is dealt with before it. */
  tell(message: ToldToThread): void
  /** Ends it now. */
  close(): void
}

/** What a recording thread needs, and whom it tells. */
export interface RecordingThreadOptions {
  readonly redactionKey: Buffer
  readonly log: Logger
  readonly clock: Clock
  heard(message: FromRecordingThread): void
  /** The thread died, and with it what was under way; gives what a new one must be told first. */
  died(): readonly ToldToThread[]
}

/** Builds a thread that is not started yet. */
export function buildRecordingThread(options: RecordingThreadOptions): RecordingThread {
  const { redactionKey, log, clock } = options
  const waiting: ToldToThread[] = []
  let worker: Worker | undefined
  let underWay = 0
  let timer: NodeJS.Timeout | undefined
  let notBefore = Number.NEGATIVE_INFINITY
  const died = (error: unknown) => {
    log.error({ why: messageOf(error) }, 'the recording thread died; what was under way is left out')
    worker = undefined
    // What waits to be sent is counted among what was under way.
    batch.take()
    underWay = 0
    notBefore = clock.monotonic() + restartMs
    waiting.push(...options.died())
  }
  const running = () => {
    if (worker !== undefined || clock.monotonic() < notBefore) return worker
    const started = startWorker(redactionKey)
    worker = started
    started.on('error', (error) => (worker === started ? died(error) : undefined))
    started.on('message', (message: FromRecordingThread) => {
      if (worker !== started) return
      if (message.kind === 'done') underWay -= message.bytes
      options.heard(message)
    })
    for (const message of waiting.splice(0)) started.postMessage(message)
    return started
  }
  const post = (bytes: Uint8Array<ArrayBuffer>) =>
    running()?.postMessage({ kind: 'frames', bytes } satisfies ToRecordingThread, [bytes.buffer])
  const batch = buildFrameBatch(post)
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const bytes = batch.take()
    if (bytes !== undefined) post(bytes)
  }
  return {
    send: (head, request, answer) => {
      if (underWay > maxUnderWayBytes || running() === undefined) return false
      underWay += batch.add(head, request, answer)
      timer ??= setTimeout(flush, gatherMs).unref()
      return true
    },
    tell: (message) => {
      flush()
      // How to redact can wait until there is something to be redacted.
      const to = message.kind === 'redact' ? worker : running()
      if (to === undefined) waiting.push(message)
      else to.postMessage(message)
    },
    close: () => {
      const ended = worker
      worker = undefined
      notBefore = Number.POSITIVE_INFINITY
      clearTimeout(timer)
      void ended?.terminate()
    },
  }
}

/** It does not keep the process alive. */
function startWorker(redactionKey: Buffer): Worker {
  const module = new URL(`./recording-worker${import.meta.url.slice(-3)}`, import.meta.url)
  const worker = startThread(module, { workerData: { redactionKey: new Uint8Array(redactionKey) } })
  worker.unref()
  return worker
}
