import type { ShadowShed } from '../passage/shadow-shed.ts'
import { buildQuietTurns, type Turn } from './quiet-turns.ts'

/** Work that comes after everything else: it begins in quiet turns of the event loop, few at a time. */
export interface PacedQueue<Job> {
  /** Why it takes nothing now; undefined: it does. */
  refuses(): PacedRefusal | undefined
  /** The same, and takes the job if it may. */
  offer(job: Job): PacedRefusal | undefined
  queued(): number
  running(): number
  /** Drops what waits; what runs ends by its own bounds. */
  close(): readonly Job[]
}

/** Why a paced queue takes a job no more. */
export type PacedRefusal = Extract<ShadowShed, 'full' | 'busy'>

/** How many jobs wait and run at the same time, and what running one means. */
export interface PacedQueueOptions<Job> {
  readonly maxQueued: number
  /** Asked each time: it may shrink, and what runs then goes on. */
  maxRunning(): number
  /** Never rejects. Undefined: it was over at once. */
  run(job: Job): Promise<void> | undefined
}

/** Where no turn is quiet, so few are begun and run: not none, for a shadow that stands still would know nothing (law 7). */
const busyPauseMs = 4
const maxRunningBusy = 2
/** After so long without a quiet turn, the edge is busy, and only so many may wait: they would wait long, and hold memory. */
const busyAfterMs = 50
const maxQueuedBusy = 32

/** Builds an empty queue, first in, first out. */
export function buildPacedQueue<Job>(options: PacedQueueOptions<Job>): PacedQueue<Job> {
  return new Paced(options)
}

/** A class, for it holds what waits. */
class Paced<Job> implements PacedQueue<Job> {
  readonly #options: PacedQueueOptions<Job>
  readonly #waiting: Job[] = []
  readonly #turns = buildQuietTurns((kind, nowMs) => this.#turn(kind, nowMs))
  #running = 0
  #closed = false
  #begunMs = 0
  /** When turns ceased to be quiet while something could have been begun; undefined: they are. */
  #busySinceMs: number | undefined
  #busy = false

  constructor(options: PacedQueueOptions<Job>) {
    this.#options = options
  }

  refuses(): PacedRefusal | undefined {
    const waiting = this.#waiting.length
    if (this.#closed || waiting >= this.#options.maxQueued) return 'full'
    return this.#busy && waiting >= maxQueuedBusy ? 'busy' : undefined
  }

  offer(job: Job): PacedRefusal | undefined {
    const refused = this.refuses()
    if (refused !== undefined) return refused
    this.#waiting.push(job)
    this.#goOn()
    return undefined
  }

  queued(): number {
    return this.#waiting.length
  }

  running(): number {
    return this.#running
  }

  close(): readonly Job[] {
    this.#closed = true
    this.#turns.close()
    return this.#waiting.splice(0)
  }

  #goOn(): void {
    if (this.#mayBegin()) this.#turns.watch()
  }

  #mayBegin(): boolean {
    return !this.#closed && this.#waiting.length > 0 && this.#running < this.#options.maxRunning()
  }

  /** One begins in a quiet turn, so that a request that comes right now waits for no more. Whether the next turn is wanted, too. */
  #turn(kind: Turn, nowMs: number): boolean {
    if (kind === 'quiet') {
      this.#busySinceMs = undefined
      if (this.#mayBegin()) this.#begin(nowMs)
    } else {
      this.#busySinceMs ??= nowMs
      if (this.#running < maxRunningBusy && nowMs - this.#begunMs >= busyPauseMs && this.#mayBegin()) this.#begin(nowMs)
    }
    const goesOn = this.#mayBegin()
    if (!goesOn) this.#busySinceMs = undefined
    this.#busy = this.#busySinceMs !== undefined && nowMs - this.#busySinceMs > busyAfterMs
    return goesOn
  }

  #begin(nowMs: number): void {
    const job = this.#waiting.shift()
    if (job === undefined) return
    this.#begunMs = nowMs
    const running = this.#options.run(job)
    if (running === undefined) return
    this.#running += 1
    void running.then(() => {
      this.#running -= 1
      this.#goOn()
    })
  }
}
