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
export function buildHold(parts: HoldParts, first: HoldBounds, firstTally: HoldTally): Hold {
  const { capability, clock, metrics, log } = parts
  const line = buildWaitingLine()
  let bounds = first
  let tally = firstTally
  let phase: 'draining' | 'fenced' | 'spent' = 'draining'
  let stopped = false
  let full = false
  let endsAt = clock.monotonic() + first.maxHoldMs
  let timer = setTimeout(runOut, first.maxHoldMs)

  return {
    epoch: () => bounds.epoch,
    take,
    renew: (next, nextTally) => {
      if (next.epoch > bounds.epoch) phase = 'draining'
      // The fence is on: only a release says that somebody takes writes again.
      else if (phase === 'spent') phase = 'fenced'
      bounds = next
      tally = nextTally
      wait(next.maxHoldMs)
    },
    fence: () => {
      if (phase === 'spent') return false
      phase = 'fenced'
      return true
    },
    release: () => {
      if (!stopped) end('released', letGo)
    },
    stop: () => {
      stopped = true
      for (const one of line.all()) refuse(one, 'edge-stops')
      end('edge stops', () => undefined)
    },
    waiting: line.size,
    status: () => ({
      epoch: bounds.epoch,
      phase: phase === 'draining' ? 'draining' : 'fenced',
      held: line.size(),
      heldBytes: line.bytes(),
      leftMs: phase === 'spent' ? 0 : Math.max(0, Math.round(endsAt - clock.monotonic())),
    }),
  }

  function take(bytes: number): Taken {
    tally.held()
    metrics.held(capability)
    if (stopped) return refusedAtOnce('edge-stops')
    if (phase === 'spent') return refusedAtOnce('past-bound')
    if (!fits(bytes)) sayFull()
    for (let one = line.first(); phase === 'draining' && one !== undefined && !fits(bytes); one = line.first())
      letGo(one)
    if (fits(bytes)) return park(bytes)
    if (phase === 'fenced') return refusedAtOnce('past-bound')
    tally.released(0)
    return { fate: Promise.resolve({ kind: 'go' }), leave: () => undefined }
  }

  function fits(bytes: number): boolean {
    return line.size() < bounds.maxRequests && line.bytes() + bytes <= bounds.maxBytes
  }

  function park(bytes: number): Taken {
    let tell: (fate: Fate) => void = () => undefined
    const fate = new Promise<Fate>((resolve) => {
      tell = resolve
    })
    const one: Waiting = { bytes, sinceMs: clock.monotonic(), tell }
    line.add(one)
    return { fate, leave: () => leave(one) }
  }

  function letGo(one: Waiting): void {
    if (!line.remove(one)) return
    tally.released(waitedMs(one))
    one.tell({ kind: 'go' })
  }

  function refuse(one: Waiting, because: Because): void {
    if (!line.remove(one)) return
    tally.refused(waitedMs(one))
    metrics.refused(capability)
    one.tell({ kind: 'refused', because })
  }

  function refusedAtOnce(because: Because): Taken {
    tally.refused(undefined)
    metrics.refused(capability)
    return { fate: Promise.resolve({ kind: 'refused', because }), leave: () => undefined }
  }

  function leave(one: Waiting): void {
    if (!line.remove(one)) return
    tally.left(waitedMs(one))
    metrics.left(capability)
    one.tell({ kind: 'left' })
  }

  function waitedMs({ sinceMs }: Waiting): number {
    const ms = clock.monotonic() - sinceMs
    metrics.waited(capability, ms)
    return ms
  }

  function wait(ms: number): void {
    clearTimeout(timer)
    endsAt = clock.monotonic() + ms
    timer = setTimeout(runOut, ms)
  }

  function runOut(): void {
    switch (phase) {
      case 'draining':
        end('ran out: to the old owner', letGo)
        break
      case 'fenced':
        phase = 'spent'
        for (const one of line.all()) refuse(one, 'past-bound')
        wait(refusingMs)
        log.warn({ capability, ...numbers() }, 'hold ran out while fenced: writes are answered 503')
        break
      case 'spent':
        end('nobody released it', letGo)
    }
  }

  function end(how: string, settle: (one: Waiting) => void): void {
    clearTimeout(timer)
    if (!stopped) parts.over()
    for (const one of line.all()) settle(one)
    log.info({ capability, how, ...numbers() }, 'hold ends')
  }

  function numbers() {
    const { waitsMs, ...counts } = tally.report()
    return { epoch: bounds.epoch, ...counts, longestMs: waitsMs.at(-1) }
  }

  function sayFull(): void {
    if (full) return
    full = true
    const { maxRequests, maxBytes } = bounds
    log.warn({ capability, epoch: bounds.epoch, phase, maxRequests, maxBytes }, 'hold is full')
  }
}
