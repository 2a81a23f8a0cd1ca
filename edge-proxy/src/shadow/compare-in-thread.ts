import type { Worker } from 'node:worker_threads'
import type { CompareRule, FlatAnswer, Verdict } from '@banyan/toolkit/compare'
import { startThread } from '../thread/start-thread.ts'
import { packBatch, type ToCompare } from './comparing-batch.ts'
import type { Compared } from './comparing-messages.ts'

/** A comparison that takes longer is ended together with its thread; the first one waits until that has begun, too. */
const timeoutMs = 30_000
const maxHeapMb = 256
/** A thread that dies is not started again at once, for what killed it may come again. */
const pauseMs = 1_000

const failed: Verdict = { kind: 'not-comparable', why: 'comparer-failed' }

/** Compares answers in a thread of its own. */
export interface Comparer {
  /** Never rejects: what the thread cannot do is `comparer-failed`. */
  compare(answers: BothAnswers, rules: readonly CompareRule[]): Promise<Verdict>
  close(): void
}

/** The same request, answered by both arms. */
export interface BothAnswers {
  readonly legacy: FlatAnswer
  readonly service: FlatAnswer
}

/** Builds a comparer whose thread starts with the first comparison; how many wait is bounded by those who ask. */
export function buildComparer(start: () => Worker = startComparing): Comparer {
  return new ThreadComparer(start)
}

/** A class, for it holds a thread that must be ended. */
class ThreadComparer implements Comparer {
  readonly #start: () => Worker
  readonly #waiting = new Map<number, (verdict: Verdict) => void>()
  /** For the next message. */
  #batch: ToCompare[] = []
  #worker: Worker | undefined
  #number = 0
  #notBefore = 0
  #closed = false

  constructor(start: () => Worker) {
    this.#start = start
  }

  compare(answers: BothAnswers, rules: readonly CompareRule[]): Promise<Verdict> {
    const worker = this.#running()
    if (worker === undefined) return Promise.resolve(failed)
    this.#number += 1
    const number = this.#number
    if (this.#batch.push({ number, answers, rules }) === 1) setImmediate(() => this.#send())
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(worker), timeoutMs)
      this.#waiting.set(number, (verdict) => {
        clearTimeout(timer)
        this.#waiting.delete(number)
        resolve(verdict)
      })
    })
  }

  /** To the thread that runs by now; where none does, those who wait have been told. */
  #send(): void {
    const all = this.#batch
    this.#batch = []
    const batch = packBatch(all.filter(({ number }) => this.#waiting.has(number)))
    this.#worker?.postMessage(batch, [batch.bytes])
  }

  close(): void {
    this.#closed = true
    if (this.#worker !== undefined) this.#end(this.#worker)
  }

  #running(): Worker | undefined {
    if (this.#worker !== undefined) return this.#worker
    if (this.#closed || performance.now() < this.#notBefore) return undefined
    const worker = this.#start()
    this.#worker = worker
    worker.on('message', (compared: readonly Compared[]) => {
      for (const { number, verdict } of compared) this.#waiting.get(number)?.(verdict)
    })
    worker.on('error', () => this.#end(worker))
    worker.on('exit', () => this.#end(worker))
    return worker
  }

  /** Everybody who waits for this thread is told that it failed; the next comparison starts another one. */
  #end(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#notBefore = performance.now() + pauseMs
    void worker.terminate()
    for (const tell of [...this.#waiting.values()]) tell(failed)
  }
}

/** It does not keep the process alive, and cannot use up its memory. */
function startComparing(): Worker {
  const module = new URL(`./comparing-worker${import.meta.url.slice(-3)}`, import.meta.url)
  const worker = startThread(module, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } })
  worker.unref()
  return worker
}
