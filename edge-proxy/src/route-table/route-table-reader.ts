import { stat } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import { messageOf } from '@banyan/toolkit/base'
import {
  type OwnerMove,
  type ParsedRouteTable,
  parseRouteTable,
  unpackRouteTable,
  type WrittenOwner,
  writeOwner,
} from '@banyan/toolkit/routing'
import { startThread } from '../thread/start-thread.ts'
import { inSteps } from './in-steps.ts'
import type { ReadingJob, ReadingResult } from './reading-messages.ts'

/** What is not larger is read at once, in some milliseconds: about forty routes. */
const maxHereBytes = 4 * 1024
/** Far above what 4 MiB take; what is slower than this does not end. */
const boundMs = 120_000
/** How long a thread waits for more to read; then its memory is given back. */
const usualIdleMs = 10_000
const maxHeapMb = 1024

/** Reads route tables without holding up requests: what is large, in a thread of its own. */
export interface RouteTableReader {
  /** As `parseRouteTable`; rejects where the thread cannot do it: then the route table is not known to be good. */
  parse(text: string, file: string): Promise<ParsedRouteTable>
  /** As `writeOwner` of the toolkit. */
  writeOwner(file: string, move: OwnerMove): Promise<WrittenOwner>
  /** Ends its thread; what is being read is rejected. */
  close(): void
}

/** Builds a reader, which is asked one thing at a time. Its thread starts with the first large route table. */
export function buildRouteTableReader(
  start: () => Worker = startReading,
  { idleMs = usualIdleMs }: { readonly idleMs?: number } = {},
): RouteTableReader {
  const thread = new ReadingThread(start, idleMs)
  return {
    parse: async (text, file) => {
      if (text.length <= maxHereBytes) return parseRouteTable(text, file)
      const result = await thread.ask({ kind: 'parse', text, file })
      if (result.kind === 'problems') return { ok: false, problems: result.problems }
      return { ok: true, table: await inSteps(unpackRouteTable(result.packed)) }
    },
    writeOwner: async (file, move) => {
      const { size } = await stat(file).catch(() => ({ size: 0 }))
      if (size <= maxHereBytes) return await writeOwner(file, move)
      const result = await thread.ask({ kind: 'write-owner', file, move })
      if (result.kind === 'problems') throw new Error('a written owner has problems')
      return { table: await inSteps(unpackRouteTable(result.packed)), edited: result.edited }
    },
    close: () => thread.close(),
  }
}

type Job = ReadingJob extends infer Each ? (Each extends ReadingJob ? Omit<Each, 'number'> : never) : never
type Done = Exclude<ReadingResult, { readonly kind: 'failed' }>

interface Asked {
  readonly number: number
  resolve(result: Done): void
  reject(error: Error): void
}

/** A class, for it holds a thread that must be ended. */
class ReadingThread {
  readonly #start: () => Worker
  readonly #idleMs: number
  #worker: Worker | undefined
  #asked: Asked | undefined
  #timer: NodeJS.Timeout | undefined
  #number = 0
  #closed = false

  constructor(start: () => Worker, idleMs: number) {
    this.#start = start
    this.#idleMs = idleMs
  }

  ask(job: Job): Promise<Done> {
    if (this.#closed) return Promise.reject(new Error('the edge is being stopped'))
    if (this.#asked !== undefined) return Promise.reject(new Error('another route table is being read'))
    return new Promise((resolve, reject) => {
      const worker = this.#running()
      this.#number += 1
      this.#asked = { number: this.#number, resolve, reject }
      this.#after(boundMs, `it took longer than ${boundMs / 1000} s`)
      worker.postMessage({ ...job, number: this.#number } satisfies ReadingJob)
    })
  }

  close(): void {
    this.#closed = true
    this.#end('the edge is being stopped')
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = this.#start()
    this.#worker = worker
    worker.on('message', (result: ReadingResult) => this.#done(result))
    worker.on('error', (error) => this.#ended(worker, messageOf(error)))
    worker.on('exit', () => this.#ended(worker, 'its thread has ended'))
    return worker
  }

  #done(result: ReadingResult): void {
    const asked = this.#asked
    if (asked?.number !== result.number) return
    this.#asked = undefined
    this.#after(this.#idleMs, 'idle')
    if (result.kind === 'failed') asked.reject(new Error(result.why))
    else asked.resolve(result)
  }

  #after(ms: number, why: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#end(why), ms).unref()
  }

  #ended(worker: Worker, why: string): void {
    if (this.#worker === worker) this.#end(why)
  }

  #end(why: string): void {
    clearTimeout(this.#timer)
    const [worker, asked] = [this.#worker, this.#asked]
    this.#worker = undefined
    this.#asked = undefined
    void worker?.terminate()
    asked?.reject(new Error(`the route table was not read: ${why}`))
  }
}

/** It does not keep the process alive, and cannot use up its memory. */
function startReading(): Worker {
  const module = new URL(`./reading-worker${import.meta.url.slice(-3)}`, import.meta.url)
  const worker = startThread(module, { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } })
  worker.unref()
  return worker
}
