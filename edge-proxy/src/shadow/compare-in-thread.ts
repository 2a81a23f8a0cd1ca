import type { Worker } from 'node:worker_threads'
import type { CompareRule, Verdict, WireAnswer } from '@banyan/toolkit/compare'
import { startThread } from '../thread/start-thread.ts'
import type { Compared, ComparingJob, SentAnswer } from './comparing-messages.ts'

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
  readonly legacy: WireAnswer
  readonly service: WireAnswer
}

/** Builds a comparer whose thread starts with the first comparison; how many wait is bounded by those who ask. */
export function buildComparer(start: () => Worker = startComparing): Comparer {
  return new ThreadComparer(start)
}

/** A class, for it holds a thread that must be ended. */
class ThreadComparer implements Comparer {
  readonly #start: () => Worker
  readonly #waiting = new Map<number, (verdict: Verdict) => void>()
  readonly #texts = new WeakMap<readonly CompareRule[], string>()
  #worker: Worker | undefined
  #number = 0
  #notBefore = 0
  #closed = false

  constructor(start: () => Worker) {
    this.#start = start
  }

  compare({ legacy, service }: BothAnswers, rules: readonly CompareRule[]): Promise<Verdict> {
    const worker = this.#running()
    if (worker === undefined) return Promise.resolve(failed)
    this.#number += 1
    const number = this.#number
    const job: ComparingJob = { number, legacy: sent(legacy), service: sent(service), rules: this.#textOf(rules) }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(worker), timeoutMs)
      this.#waiting.set(number, (verdict) => {
        clearTimeout(timer)
        this.#waiting.delete(number)
        resolve(verdict)
      })
      worker.postMessage(job)
    })
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
    worker.on('message', ({ number, verdict }: Compared) => this.#waiting.get(number)?.(verdict))
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

  #textOf(rules: readonly CompareRule[]): string {
    const known = this.#texts.get(rules)
    if (known !== undefined) return known
    const text = JSON.stringify(rules)
    this.#texts.set(rules, text)
    return text
  }
}

/** It does not keep the process alive, and cannot use up its memory. */
function startComparing(): Worker {
  const module = new URL(`./comparing-worker${import.meta.url.slice(-3)}`, import.meta.url)
  const worker = startThread(module, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } })
  worker.unref()
  return worker
}

function sent({ status, headers, body, truncated }: WireAnswer): SentAnswer {
  return { status, headers: [...headers], body, truncated }
}
