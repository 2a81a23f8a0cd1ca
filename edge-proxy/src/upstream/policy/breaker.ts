import type { BreakerPolicy } from '@banyan/toolkit/routing'
import { buildOutcomeWindow, type WindowCounts } from './outcome-window.ts'

/** Leave to send one request. It is handed back with what came of the request, and worth nothing once the state has changed. */
export interface Pass {
  /** The one request that an open breaker lets through to see whether the upstream works again. */
  readonly probe: boolean
}

/** What a request says about its upstream; `unknown`: nothing, for its client left, or it never got there. */
export type Health = 'good' | 'bad' | 'unknown'

/** What a breaker is at. */
export interface BreakerView {
  readonly state: 'closed' | 'open' | 'half-open'
  /** Until one request may try; 0 unless it is open. */
  readonly leftMs: number
  /** What was counted when it opened, or is counted now while it is closed. */
  readonly counts: WindowCounts
  /** How often it opened since it was built. */
  readonly opened: number
}

/** Stops requests to an upstream that fails, and lets one through from time to time. */
export interface Breaker {
  /** Undefined: nothing may be sent now. */
  admit(nowMs: number): Pass | undefined
  note(pass: Pass, health: Health, nowMs: number): void
  view(nowMs: number): BreakerView
  /** What the breaker of the same upstream in another worker of the edge says. */
  hear(news: BreakerNews, nowMs: number): void
}

/** What one worker's breaker tells those of the others, so that they count and open as one. */
export type BreakerNews =
  | ({ readonly kind: 'counts' } & WindowCounts)
  | { readonly kind: 'open'; readonly forMs: number }
  /** Lets one request through; the others wait for what comes of it, for so long at most. */
  | { readonly kind: 'trying'; readonly forMs: number }
  | { readonly kind: 'closed' }

/** What a breaker needs beside its policy. */
export interface BreakerOptions {
  /** Gives 0 up to 1. */
  dice(): number
  /** Called when it has opened or closed. */
  changed(state: 'closed' | 'open', counts: WindowCounts): void
  /** Where the edge has several workers. */
  tell?: ((news: BreakerNews) => void) | undefined
}

/** An open time grows to at most this many times what the policy says. */
const maxGrowth = 8
/** Up to this share longer, by dice, so that many edges do not all try at one moment. */
const jitter = 0.2

type State =
  | { readonly kind: 'closed'; readonly pass: Pass; readonly sinceMs: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half-open'; readonly pass: Pass }

/**
 * Builds a closed breaker. It opens when the share of failures is reached by enough requests within the window; then one
 * request at a time may try (half-open): a good one closes it, a bad one opens it for twice as long, an unknown one leaves
 * the try to the next request. Times are handed in, of a clock that never jumps.
 */
export function buildBreaker(policy: BreakerPolicy, { dice, changed, tell }: BreakerOptions): Breaker {
  const window = buildOutcomeWindow(policy.windowMs)
  let state: State = { kind: 'closed', pass: { probe: false }, sinceMs: Number.NEGATIVE_INFINITY }
  let growth = 1
  let opened = 0
  let lastCounts: WindowCounts = { total: 0, failed: 0 }

  const openFor = (forMs: number, nowMs: number) => {
    opened += 1
    state = { kind: 'open', untilMs: nowMs + forMs }
    growth = Math.min(growth * 2, maxGrowth)
    changed('open', lastCounts)
  }
  const open = (nowMs: number) => {
    const forMs = policy.openMs * growth * (1 + jitter * dice())
    openFor(forMs, nowMs)
    tell?.({ kind: 'open', forMs })
  }
  const close = (nowMs: number) => {
    window.clear()
    state = { kind: 'closed', pass: { probe: false }, sinceMs: nowMs }
    changed('closed', lastCounts)
  }
  const count = (bad: boolean, sinceMs: number, nowMs: number) => {
    // An upstream that has worked for a while starts over; one that flaps is left alone for longer each time.
    if (growth > 1 && nowMs - sinceMs > policy.openMs) growth = 1
    window.note(bad, nowMs)
    tell?.({ kind: 'counts', total: 1, failed: bad ? 1 : 0 })
    if (bad) openIfTooMany(nowMs)
  }
  const openIfTooMany = (nowMs: number) => {
    // Another worker has said so meanwhile.
    if (state.kind !== 'closed') return
    const counts = window.counts(nowMs)
    if (counts.total < policy.volume || counts.failed < policy.failureShare * counts.total) return
    lastCounts = counts
    open(nowMs)
  }
  return {
    admit: (nowMs) => {
      if (state.kind === 'closed') return state.pass
      if (state.kind === 'half-open' || nowMs < state.untilMs) return undefined
      const pass = { probe: true }
      state = { kind: 'half-open', pass }
      tell?.({ kind: 'trying', forMs: policy.openMs })
      return pass
    },
    note: (pass, health, nowMs) => {
      // What was let through before the state changed says nothing about the upstream as it is since.
      if (state.kind === 'open' || pass !== state.pass) return
      if (state.kind === 'closed') {
        if (health !== 'unknown') count(health === 'bad', state.sinceMs, nowMs)
      } else if (health === 'good') {
        close(nowMs)
        tell?.({ kind: 'closed' })
      } else if (health === 'bad') open(nowMs)
      else state = { kind: 'open', untilMs: nowMs }
    },
    view: (nowMs) => {
      const leftMs = state.kind === 'open' ? Math.max(0, state.untilMs - nowMs) : 0
      const counts = state.kind === 'closed' ? window.counts(nowMs) : lastCounts
      return { state: state.kind, leftMs, counts, opened }
    },
    hear: (news, nowMs) => {
      switch (news.kind) {
        case 'counts':
          if (state.kind !== 'closed') return
          if (growth > 1 && nowMs - state.sinceMs > policy.openMs) growth = 1
          window.add(news, nowMs)
          if (news.failed > 0) openIfTooMany(nowMs)
          break
        case 'open':
          if (state.kind === 'closed') lastCounts = window.counts(nowMs)
          if (state.kind === 'open') state = { kind: 'open', untilMs: Math.max(state.untilMs, nowMs + news.forMs) }
          else openFor(news.forMs, nowMs)
          break
        case 'trying':
          if (state.kind === 'open') state = { kind: 'open', untilMs: Math.max(state.untilMs, nowMs + news.forMs) }
          break
        case 'closed':
          if (state.kind !== 'closed') close(nowMs)
          break
        default: {
          const never: never = news
          return never
        }
      }
    },
  }
}
