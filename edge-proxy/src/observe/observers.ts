import type { Writable } from 'node:stream'
import type { TallyEntry } from '@banyan/toolkit/compare'
import type { ServedRequest, TapRequest, WhyAnswer } from '../admin/observe-api.ts'
import { isLeftByClient, type Outcome, type Passage } from '../passage/passage.ts'
import { type ShadowShed, whyShadowShed } from '../passage/shadow-shed.ts'
import type { Refusal } from '../request/refusal.ts'
import { type AwaitedVerdicts, buildAwaitedVerdicts } from './awaited.ts'
import { buildMemory, type Memory } from './memory.ts'
import {
  type AboutRefused,
  isFailure,
  observedRequest,
  refusedRequest,
  type Seeing,
  type SeenPassage,
  seenPassage,
  withoutShadow,
  withVerdict,
} from './observed-request.ts'
import { buildTaps, requestLine, type Tap, type Taps, verdictLine } from './taps.ts'

/** Those who look at requests as they end: a memory for `banyan why`, and taps. */
export interface Observers {
  served(passage: Passage, outcome: Outcome): void
  refused(id: string, refusal: Refusal, about?: AboutRefused): void
  /** A shadow was compared, or could not be. */
  verdict(entry: Verdicted): void
  /** A shadow that was to be sent was left out after all. */
  leftOut(id: string, why: ShadowShed): void
  why(id: string): WhyAnswer
  /** Streams NDJSON to `sink` until it is closed. */
  tap(request: TapRequest, sink: Writable): void
  /** True when there are as many readers as there may be. */
  full(): boolean
  counts(): { readonly taps: number; readonly tapLinesLeftOut: number; readonly remembered: number }
  /** Ends all taps; resolves when their readers have the last line, or after half a second. */
  close(): Promise<void>
}

/** What a tally is told of a shadow. */
type Verdicted = Pick<TallyEntry, 'exchange' | 'verdict'>

interface Watching {
  readonly memory: Memory
  readonly taps: Taps
  readonly awaited: AwaitedVerdicts
  /** Replaces the secrets of a request's target before anybody gets it (law 8). */
  redact(target: string): string
}

/** Builds observers that have seen nothing; `redact` replaces the secrets of a request's target. */
export function buildObservers({ redact }: Pick<Watching, 'redact'>): Observers {
  const watching = { memory: buildMemory(), taps: buildTaps(), awaited: buildAwaitedVerdicts(), redact }
  const { memory, taps, awaited } = watching
  return {
    served: (passage, outcome) => served(passage, outcome, watching),
    refused: (id, refusal, about = {}) => refused(refusedRequest(id, refusal, about), watching),
    verdict: (entry) => verdict(entry, watching),
    leftOut: (id, why) => {
      const one = awaited.take(id)
      if (one?.remembered !== undefined) one.remembered.seen = withoutShadow(one.seen(), whyShadowShed[why])
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

function served(passage: Passage, outcome: Outcome, { memory, taps, awaited, redact }: Watching): void {
  const { id, startedMs } = passage.request
  const { route } = passage.decision
  const failed = isFailure(passage, outcome)
  const kept = memory.takes(failed, startedMs)
  const shownTo = takers(taps.open(), route, failed)
  const shadowed = awaitsVerdict(passage, outcome)
  if (!kept && shownTo.length === 0 && !shadowed) return
  const endedMs = performance.now()
  if (!kept && shownTo.length === 0) {
    const seen = seenLater(seenPassage(passage), outcome, { redact, endedMs })
    awaited.add({ id, route, remembered: undefined, shownTo, seen })
    return
  }
  const seen = observedRequest(passage, outcome, { redact, endedMs })
  const remembered = kept ? { seen } : undefined
  if (remembered !== undefined) memory.keep(remembered, failed)
  for (const tap of shownTo) tap.write(requestLine(seen))
  if (shadowed) awaited.add({ id, route, remembered, shownTo, seen: () => seen })
}

/** A function of its own, so that it holds on to nothing but this. */
function seenLater(passage: SeenPassage, outcome: Outcome, seeing: Seeing): () => ServedRequest {
  return () => observedRequest(passage, outcome, seeing)
}

/** What is left out already hears of no verdict; as does what its client left. */
function awaitsVerdict({ decision, shadowShed }: Passage, outcome: Outcome): boolean {
  return decision.shadow !== undefined && shadowShed === undefined && !isLeftByClient(outcome)
}

function refused(request: ReturnType<typeof refusedRequest>, { memory, taps, redact }: Watching): void {
  const kept = memory.takes(false, performance.now())
  const shownTo = takers(taps.open(), request.route, request.status >= 500)
  if (!kept && shownTo.length === 0) return
  const seen = { ...request, target: request.target === undefined ? undefined : redact(request.target) }
  if (kept) memory.keep({ seen }, false)
  for (const tap of shownTo) tap.write(requestLine(seen))
}

function verdict({ exchange, verdict }: Verdicted, { memory, taps, awaited }: Watching): void {
  const one = awaited.take(exchange)
  if (one === undefined) return
  const mismatch = verdict.kind === 'mismatch'
  const forErrors = taps.open().filter(({ errors }) => errors)
  const told = mismatch ? takers(forErrors, one.route, true) : nobody
  const kept = one.remembered !== undefined || (mismatch && memory.takes(true, performance.now()))
  if (!kept && one.shownTo.length + told.length === 0) return
  const seen = withVerdict(one.seen(), verdict)
  if (one.remembered !== undefined) one.remembered.seen = seen
  else if (kept) memory.keep({ seen }, true)
  for (const tap of new Set([...one.shownTo, ...told])) tap.write(verdictLine(seen))
}

const nobody: readonly Tap[] = []

function takers(taps: readonly Tap[], route: string | undefined, failed: boolean): readonly Tap[] {
  return taps.length === 0 ? nobody : taps.filter((tap) => tap.takes(route, failed))
}
