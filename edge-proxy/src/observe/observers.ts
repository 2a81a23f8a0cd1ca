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

/** A request whose verdict is still to come, with the taps that have shown it. */
interface Waiting {
  readonly remembered: Remembered
  readonly request: ServedRequest
  readonly shownTo: readonly Tap[]
  readonly kept: boolean
}

/** Builds observers that have seen nothing; `redact` replaces the secrets of a request's target before anybody gets it (law 8). */
export function buildObservers({ redact }: { readonly redact: (target: string) => string }): Observers {
  const memory = buildMemory()
  const taps = buildTaps()
  const waiting = new Map<string, Waiting>()
  const watchingErrors = () => taps.open().filter(({ errors }) => errors)
  return {
    served: (passage, outcome) => {
      const { request, decision } = passage
      const failed = isFailure(passage, outcome)
      const kept = memory.takes(failed, request.startedMs)
      const shownTo = takers(taps.open(), decision.route, failed)
      const shadowed = decision.shadow !== undefined && outcome.kind === 'answered'
      if (!kept && shownTo.length === 0 && !shadowed) return
      const seen = observedRequest(passage, outcome, redact)
      const remembered: Remembered = { seen }
      if (kept) memory.keep(remembered, failed)
      for (const tap of shownTo) tap.write(requestLine(seen))
      if (shadowed) wait(waiting, { remembered, request: seen, shownTo, kept })
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
      const seen = withVerdict(one.request, verdict)
      const mismatch = verdict.kind === 'mismatch'
      one.remembered.seen = seen
      if (mismatch && !one.kept && memory.takes(true, performance.now())) memory.keep(one.remembered, true)
      const told = mismatch ? takers(watchingErrors(), seen.route, true) : []
      for (const tap of new Set([...one.shownTo, ...told])) tap.write(verdictLine(seen))
    },
    leftOut: (id) => {
      const one = waiting.get(id)
      if (one === undefined) return
      waiting.delete(id)
      one.remembered.seen = withoutShadow(one.request)
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
  waiting.set(one.request.id, one)
  if (waiting.size <= maxWaiting) return
  const oldest = waiting.keys().next()
  if (!oldest.done) waiting.delete(oldest.value)
}
