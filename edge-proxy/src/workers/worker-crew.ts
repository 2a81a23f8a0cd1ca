import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, Fault, messageOf } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import type { Drained } from '../listener/drain.ts'
import type { InTurn } from './in-turn.ts'
import type { WorkerOrders } from './messages.ts'
import { buildRestartBudget } from './restart-budget.ts'
import { signsOfLife, watchWorkers } from './watch-workers.ts'
import type { WorkerProcess } from './worker-process.ts'

/** Replacements in a minute that are made at once. */
const restartsAtOnce = 10
const restartWindowMs = 60_000

/** The workers of an edge: as many as wanted, whatever happens to each of them. */
export interface WorkerCrew {
  /** Starts all; resolves with the public address. Throws the first Fault that keeps one from it, and ends the others. */
  start(): Promise<string>
  /** Those that know all that was told, in the order of their beginning; the ones that leave included. */
  members(): readonly WorkerProcess[]
  /** Replaces one after the other: the new one lets clients in before the old one lets them go. */
  roll(): Promise<void>
  /** Drains all at once. */
  close(): Promise<Drained>
  counts(): CrewCounts
}

/** What became of workers since the edge started. */
export interface CrewCounts {
  readonly crashed: number
  /** Of those, the ones that were killed because they gave no sign of life. */
  readonly stuck: number
  readonly rolled: number
  /** When one died that was not asked to: ISO 8601; undefined: none did. */
  readonly lastCrash: string | undefined
}

/** What a crew needs. */
export interface WorkerCrewOptions {
  readonly size: number
  readonly drainMs: number
  readonly clock: Clock
  readonly log: Logger
  /** Changes go one after the other; a worker joins between two of them. */
  readonly changes: InTurn
  fork(): WorkerProcess
  orders(): WorkerOrders
  /** Tells a worker what the others know; it lets nobody in yet. */
  prepare(worker: WorkerProcess): Promise<void>
  /** Its last readings can be taken: it serves nobody any more. */
  leaving(worker: WorkerProcess): Promise<void>
  gone(worker: WorkerProcess, how: 'asked' | 'crashed'): void
  /** Whether a hold is on: no worker is replaced meanwhile. */
  holds(): boolean
}

/** Builds a crew of which nobody has started. */
export function buildWorkerCrew(options: WorkerCrewOptions): WorkerCrew {
  return new Crew(options)
}

class Crew implements WorkerCrew {
  readonly #options: WorkerCrewOptions
  readonly #members = new Set<WorkerProcess>()
  readonly #starting = new Set<WorkerProcess>()
  readonly #asked = new Set<WorkerProcess>()
  readonly #budget = buildRestartBudget(restartsAtOnce, restartWindowMs)
  readonly #closing = new AbortController()
  readonly #watch = watchWorkers({ workers: () => this.#members, stuck: (worker) => this.#kill(worker) })
  #counts: CrewCounts = { crashed: 0, stuck: 0, rolled: 0, lastCrash: undefined }
  #rolling: Promise<void> | undefined
  #again = false

  constructor(options: WorkerCrewOptions) {
    this.#options = options
  }

  async start(): Promise<string> {
    const begun = Array.from({ length: this.#options.size }, () => this.#bringUp())
    const failed = (await Promise.allSettled(begun)).find((each) => each.status === 'rejected')
    if (failed !== undefined) {
      this.#closing.abort()
      this.#watch.close()
      await Promise.all([...this.#members].map((worker) => worker.close(0)))
      throw failed.reason
    }
    const [address = ''] = await Promise.all(begun)
    return address
  }

  members(): readonly WorkerProcess[] {
    return [...this.#members]
  }

  counts(): CrewCounts {
    return this.#counts
  }

  roll(): Promise<void> {
    // Asked while it is under way, it is for something newer than what the first ones have begun with.
    if (this.#rolling !== undefined) this.#again = true
    else this.#rolling = this.#rollWhileAsked()
    return this.#rolling
  }

  async close(): Promise<Drained> {
    this.#closing.abort()
    this.#watch.close()
    for (const worker of this.#starting) worker.kill()
    const { drainMs } = this.#options
    const drained = await Promise.all(
      [...this.#members].map((worker) => {
        this.#asked.add(worker)
        return worker.close(drainMs)
      }),
    )
    const known = drained.flatMap((each) => each ?? [])
    return {
      cut: known.flatMap(({ cut }) => cut),
      tunnels: known.reduce((sum, { tunnels }) => sum + tunnels, 0),
    }
  }

  async #rollWhileAsked(): Promise<void> {
    try {
      do {
        this.#again = false
        await this.#rollAll()
      } while (this.#again)
    } finally {
      this.#rolling = undefined
    }
  }

  async #rollAll(): Promise<void> {
    const { log } = this.#options
    const old = this.members()
    log.info({ workers: old.length }, 'workers are replaced one by one')
    for (const worker of old) {
      await this.#untilNoHold()
      if (this.#closing.signal.aborted) return
      try {
        await this.#bringUp()
      } catch (error) {
        log.error({ why: messageOf(error) }, 'a new worker does not start: the old ones stay')
        return
      }
      await this.#letGo(worker)
      this.#counts = { ...this.#counts, rolled: this.#counts.rolled + 1 }
    }
    log.info({ workers: old.length }, 'workers replaced')
  }

  /** A hold that spans two generations of a worker would have to move its waiting requests. It ends within a minute. */
  async #untilNoHold(): Promise<void> {
    while (this.#options.holds() && !this.#closing.signal.aborted) await delay(50)
  }

  async #letGo(worker: WorkerProcess): Promise<void> {
    if (worker.isGone()) return
    this.#asked.add(worker)
    const { drainMs, leaving, log } = this.#options
    await worker.leave(drainMs)
    await leaving(worker)
    const drained = await worker.close(drainMs)
    if (drained !== undefined && drained.cut.length + drained.tunnels > 0)
      log.warn({ pid: worker.pid, ...drained }, 'a worker that was replaced had to cut')
  }

  async #bringUp(): Promise<string> {
    const { fork, changes, orders, prepare, log } = this.#options
    const worker = fork()
    this.#starting.add(worker)
    void worker.ended.then(({ code, signal }) => this.#ended(worker, code ?? signal))
    try {
      await worker.booted()
      await changes(async () => {
        await worker.open(orders())
        await prepare(worker)
        this.#members.add(worker)
      })
      const address = await worker.accept()
      log.info({ pid: worker.pid, listen: address }, 'worker serves')
      return address
    } catch (error) {
      this.#asked.add(worker)
      worker.kill()
      await worker.ended
      throw error
    } finally {
      this.#starting.delete(worker)
    }
  }

  #kill(worker: WorkerProcess): void {
    this.#counts = { ...this.#counts, stuck: this.#counts.stuck + 1 }
    const forMs = signsOfLife.everyMs * signsOfLife.mayOwe
    this.#options.log.error({ pid: worker.pid, forMs }, 'worker gives no sign of life: it is killed')
    worker.kill()
  }

  #ended(worker: WorkerProcess, how: number | string | null): void {
    if (!this.#members.delete(worker)) return
    // Whoever is starting it hears of it, and tries again.
    const asked = this.#asked.delete(worker) || this.#starting.has(worker)
    this.#options.gone(worker, asked ? 'asked' : 'crashed')
    if (asked || this.#closing.signal.aborted) return
    const { clock, log } = this.#options
    this.#counts = {
      ...this.#counts,
      crashed: this.#counts.crashed + 1,
      lastCrash: new Date(clock.now()).toISOString(),
    }
    log.error({ pid: worker.pid, how }, 'worker died')
    void this.#replace()
  }

  async #replace(): Promise<void> {
    const { clock, log } = this.#options
    while (!this.#closing.signal.aborted) {
      const waitMs = this.#budget.take(clock.monotonic())
      if (waitMs > 0) log.warn({ waitMs }, 'workers die too often: the next one waits')
      try {
        await delay(waitMs, undefined, { signal: this.#closing.signal })
        await this.#bringUp()
        return
      } catch (error) {
        if (this.#closing.signal.aborted) return
        const hint = error instanceof Fault ? error.hint : undefined
        log.error({ why: messageOf(error), hint }, 'a worker cannot be replaced; it is tried again')
      }
    }
  }
}
