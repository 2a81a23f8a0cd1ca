import type { Writable } from 'node:stream'
import type { TallyEntry } from '@banyan/toolkit/compare'
import type { ServedRequest, TapRequest, WhyAnswer } from '../admin/observe-api.ts'
import type { Outcome, Passage } from '../passage/passage.ts'
import type { Refusal } from '../request/refusal.ts'
import { buildMemory, type Remembered } from './memory.ts'
import {
  type AboutRefused,
  isFailure,
  observedRequest,
  refusedRequest,
  withoutShadow,
  withVerdict,
} from './observed-request.ts'
import { buildTaps, requestLine, type Tap, verdictLine } from './taps.ts'

/** Requests whose shadow has not been compared yet; beyond, the oldest are given up. */
const maxWaiting = 1024

/** Those who look at requests as they end: a memory for `banyan why`, and taps. */
export interface Observers {
  served(passage: Passage, outcome: Outcome): void
  refused(id: string, refusal: Refusal, about?: AboutRefused): void
  /** A shadow was compared, or could not be. */
  verdict(entry: Pick<TallyEntry, 'exchange' | 'verdict'>): void
  /** A shadow found no room. */
  leftOut(id: string): void
  why(id: string): WhyAnswer
  /** Streams NDJSON to `sink` until it is closed. */
  tap(request: TapRequest, sink: Writable): void
  /** True when there are as many readers as there may be. */
  full(): boolean
  counts(): { readonly taps: number; readonly tapLinesLeftOut: number; readonly remembered: number }
  close(): void
}

/** A request whose verdict is still to come: most are neither kept nor shown, so they are made out only if they are. */
interface Waiting {
  readonly id: string
  readonly route: string
  readonly remembered: Remembered | undefined
  readonly shownTo: readonly Tap[]
  seen(): ServedRequest
}

/** Builds observers that have seen nothing; `redact` replaces the secrets of a request's target before anybody gets it (law 8). */
export function buildObservers({ redact }: { readonly redact: (target: string) => string }): Observers {
  const memory = buildMemory()
  const taps = buildTaps()
  const waiting = new Map<string, Waiting>()
  const watchingErrors = () => taps.open().filter(({ errors }) => errors)
  return {
    served: (passage, outcome) => {
      const { id } = passage.request
      const { route, shadow } = passage.decision
      const failed = isFailure(passage, outcome)
      const kept = memory.takes(failed, passage.request.startedMs)
      const shownTo = takers(taps.open(), route, failed)
      const shadowed = shadow !== undefined && outcome.kind === 'answered'
      if (!kept && shownTo.length === 0 && !shadowed) return
      const endedMs = performance.now()
      const see = () => observedRequest(passage, outcome, { redact, endedMs })
      if (!kept && shownTo.length === 0) return wait(waiting, { id, route, remembered: undefined, shownTo, seen: see })
      const seen = see()
      const remembered = kept ? { seen } : undefined
      if (remembered !== undefined) memory.keep(remembered, failed)
      for (const tap of shownTo) tap.write(requestLine(seen))
      if (shadowed) wait(waiting, { id, route, remembered, shownTo, seen: () => seen })
    },
    refused: (id, refusal, about = {}) => {
      const kept = memory.takes(false, performance.now())
      const shownTo = takers(taps.open(), about.route, refusal.status >= 500)
      if (!kept && shownTo.length === 0) return
      const target = about.target === undefined ? {} : { target: redact(about.target) }
      const seen = refusedRequest(id, refusal, { ...about, ...target })
      if (kept) memory.keep({ seen }, false)
      for (const tap of shownTo) tap.write(requestLine(seen))
    },
    verdict: ({ exchange, verdict }) => {
      const one = waiting.get(exchange)
      if (one === undefined) return
      waiting.delete(exchange)
      const mismatch = verdict.kind === 'mismatch'
      const told = mismatch ? takers(watchingErrors(), one.route, true) : []
      const kept = one.remembered !== undefined || (mismatch && memory.takes(true, performance.now()))
      if (!kept && one.shownTo.length + told.length === 0) return
      const seen = withVerdict(one.seen(), verdict)
      if (one.remembered !== undefined) one.remembered.seen = seen
      else if (kept) memory.keep({ seen }, true)
      for (const tap of new Set([...one.shownTo, ...told])) tap.write(verdictLine(seen))
    },
    leftOut: (id) => {
      const one = waiting.get(id)
      waiting.delete(id)
      if (one?.remembered !== undefined) one.remembered.seen = withoutShadow(one.seen())
    },
    why: (id) => ({ formatVersion: 1, requests: memory.find(id), memory: memory.report() }),
    tap: taps.add,
    full: taps.full,
    counts: () => ({
      taps: taps.open().length,
      tapLinesLeftOut: taps.leftOut(),
      remembered: memory.report().remembered,
    }),
    close: taps.close,
  }
}

const nobody: readonly Tap[] = []

function takers(taps: readonly Tap[], route: string | undefined, failed: boolean): readonly Tap[] {
  return taps.length === 0 ? nobody : taps.filter((tap) => tap.takes(route, failed))
}

function wait(waiting: Map<string, Waiting>, one: Waiting): void {
  waiting.set(one.id, one)
  if (waiting.size <= maxWaiting) return
  const oldest = waiting.keys().next()
  if (!oldest.done) waiting.delete(oldest.value)
}
