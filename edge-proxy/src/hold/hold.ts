import type { Clock } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import type { HoldRequest, HoldStatus } from '../admin/admin-api.ts'
import type { HoldMetrics } from './hold-metrics.ts'
import type { HoldTally } from './hold-tally.ts'
import { type Because, buildWaitingLine, type Fate, type Waiting } from './waiting-line.ts'

/** What may be asked of a hold: its bounds. */
export type HoldBounds = Pick<HoldRequest, 'epoch' | 'maxHoldMs' | 'maxRequests' | 'maxBytes'>

/** A request that met a hold. */
export interface Taken {
  readonly fate: Promise<Fate>
  /** Its client is gone: it is not sent anywhere any more. */
  leave(): void
}

/** The hold of one capability: new writes wait in it, in order of their arrival. */
export interface Hold {
  epoch(): number
  take(bytes: number): Taken
  /** Other bounds, and the time begins anew; a newer epoch also begins to drain anew. */
  renew(bounds: HoldBounds, tally: HoldTally): void
  /** From now on what runs out is answered 503. False when it has run out already. */
  fence(): boolean
  /** Lets all go, in order, and is over. */
  release(): void
  /** Answers all 503, and whoever comes later. */
  stop(): void
  waiting(): number
  status(): HoldStatus
}

/** What a hold is built with. */
export interface HoldParts {
  readonly capability: string
  readonly clock: Clock
  readonly metrics: HoldMetrics
  readonly log: Logger
  /** It is over: writes pass again. */
  over(): void
}

/**
 * How long a fenced hold that ran out goes on answering 503, in ms: the fence is still on, and each write would run
 * into it. A recovery needs ten seconds at most and releases the hold; after this the edge stands in nobody's way.
 */
const refusingMs = 15_000

/**
 * Builds a hold that is on. `draining`, the old owner still takes writes: whoever is past the bound goes to it, the
 * first first, so the order stays; and when the time runs out all go. `fenced`, nobody takes writes: whoever is past
 * the bound, or still waits when the time runs out, is answered 503 and was sent nowhere. `spent` is fenced and run out.
 */
export function buildHold(parts: HoldParts, bounds: HoldBounds, tally: HoldTally): Hold {
  return new OpenHold(parts, bounds, tally)
}

class OpenHold implements Hold {
  readonly #parts: HoldParts
  readonly #line = buildWaitingLine()
  #bounds: HoldBounds
  #tally: HoldTally
  #phase: 'draining' | 'fenced' | 'spent' = 'draining'
  #stopped = false
  #saidFull = false
  #endsAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: HoldParts, bounds: HoldBounds, tally: HoldTally) {
    this.#parts = parts
    this.#bounds = bounds
    this.#tally = tally
    this.#wait(bounds.maxHoldMs)
  }

  epoch(): number {
    return this.#bounds.epoch
  }

  take(bytes: number): Taken {
    this.#tally.held()
    this.#parts.metrics.held(this.#parts.capability)
    if (this.#stopped) return this.#refuseAtOnce('edge-stops')
    if (this.#phase === 'spent') return this.#refuseAtOnce('past-bound')
    if (!this.#fits(bytes)) this.#makeRoom(bytes)
    if (this.#fits(bytes)) return this.#park(bytes)
    if (this.#phase === 'fenced') return this.#refuseAtOnce('past-bound')
    this.#tally.released(0)
    return { fate: Promise.resolve({ kind: 'go' }), leave: () => undefined }
  }

  renew(bounds: HoldBounds, tally: HoldTally): void {
    if (this.#stopped) return
    if (bounds.epoch > this.#bounds.epoch) this.#phase = 'draining'
    // The fence is on: only a release says that somebody takes writes again.
    else if (this.#phase === 'spent') this.#phase = 'fenced'
    this.#bounds = bounds
    if (tally !== this.#tally) for (const _one of this.#line.all()) tally.held()
    this.#tally = tally
    this.#wait(bounds.maxHoldMs)
  }

  fence(): boolean {
    if (this.#phase === 'spent' || this.#stopped) return false
    this.#phase = 'fenced'
    return true
  }

  release(): void {
    if (!this.#stopped) this.#end('released')
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    for (const one of this.#line.all()) this.#refuse(one, 'edge-stops')
    this.#say('edge stops')
  }

  waiting(): number {
    return this.#line.size()
  }

  status(): HoldStatus {
    const leftMs = Math.max(0, Math.round(this.#endsAt - this.#parts.clock.monotonic()))
    return {
      epoch: this.#bounds.epoch,
      phase: this.#phase === 'draining' ? 'draining' : 'fenced',
      held: this.#line.size(),
      heldBytes: this.#line.bytes(),
      leftMs: this.#phase === 'spent' ? 0 : leftMs,
    }
  }

  #fits(bytes: number): boolean {
    return this.#line.size() < this.#bounds.maxRequests && this.#line.bytes() + bytes <= this.#bounds.maxBytes
  }

  #makeRoom(bytes: number): void {
    this.#sayFull()
    while (this.#phase === 'draining' && !this.#fits(bytes)) {
      const first = this.#line.first()
      if (first === undefined) return
      this.#letGo(first)
    }
  }

  #park(bytes: number): Taken {
    let tell: (fate: Fate) => void = () => undefined
    const fate = new Promise<Fate>((resolve) => {
      tell = resolve
    })
    const one: Waiting = { bytes, sinceMs: this.#parts.clock.monotonic(), tell }
    this.#line.add(one)
    return { fate, leave: () => this.#leave(one) }
  }

  #letGo(one: Waiting): void {
    if (!this.#line.remove(one)) return
    this.#tally.released(this.#waitedMs(one))
    one.tell({ kind: 'go' })
  }

  #refuse(one: Waiting, because: Because): void {
    if (!this.#line.remove(one)) return
    this.#tally.refused(this.#waitedMs(one))
    this.#parts.metrics.refused(this.#parts.capability)
    one.tell({ kind: 'refused', because })
  }

  #refuseAtOnce(because: Because): Taken {
    this.#tally.refused(undefined)
    this.#parts.metrics.refused(this.#parts.capability)
    return { fate: Promise.resolve({ kind: 'refused', because }), leave: () => undefined }
  }

  #leave(one: Waiting): void {
    if (!this.#line.remove(one)) return
    this.#tally.left(this.#waitedMs(one))
    this.#parts.metrics.left(this.#parts.capability)
    one.tell({ kind: 'left' })
  }

  #waitedMs({ sinceMs }: Waiting): number {
    const ms = this.#parts.clock.monotonic() - sinceMs
    this.#parts.metrics.waited(this.#parts.capability, ms)
    return ms
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#endsAt = this.#parts.clock.monotonic() + ms
    this.#timer = setTimeout(() => this.#runOut(), ms)
  }

  #runOut(): void {
    switch (this.#phase) {
      case 'draining':
        this.#end('ran out: to the old owner')
        break
      case 'fenced':
        this.#phase = 'spent'
        for (const one of this.#line.all()) this.#refuse(one, 'past-bound')
        this.#wait(refusingMs)
        this.#parts.log.warn(this.#numbers(), 'hold ran out while fenced: writes are answered 503')
        break
      case 'spent':
        this.#end('nobody released it')
    }
  }

  /** Writes pass again: those that waited first, in order of their arrival. */
  #end(how: string): void {
    clearTimeout(this.#timer)
    this.#parts.over()
    for (const one of this.#line.all()) this.#letGo(one)
    this.#say(how)
  }

  #say(how: string): void {
    this.#parts.log.info({ ...this.#numbers(), how }, 'hold ends')
  }

  #numbers() {
    const { waitsMs, ...counts } = this.#tally.report()
    return { capability: this.#parts.capability, epoch: this.#bounds.epoch, ...counts, longestMs: waitsMs.at(-1) }
  }

  #sayFull(): void {
    if (this.#saidFull) return
    this.#saidFull = true
    const { capability, log } = this.#parts
    const { epoch, maxRequests, maxBytes } = this.#bounds
    log.warn({ capability, epoch, phase: this.#phase, maxRequests, maxBytes }, 'hold is full')
  }
}
