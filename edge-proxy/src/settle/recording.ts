import type { Writable } from 'node:stream'
import { type Clock, instant } from '@banyan/toolkit/base'
import type { Exchange, RecordingHeader } from '@banyan/toolkit/traffic'
import type { RecordingRequest, RecordingTrailer } from '../admin/admin-api.ts'
import type { Outcome, Passage } from '../passage/passage.ts'

/** A reader that is so many bytes behind loses exchanges, which are counted (law 9). */
const maxBehindBytes = 8 * 1024 * 1024

const closeBoundMs = 2_000

/** The recordings that are being streamed right now. */
export interface Recorders {
  /** Whether bodies of this route are to be copied. */
  wants(route: string): boolean
  offer(passage: Passage, outcome: Outcome): void
  /** Streams NDJSON to `sink`: a header, exchanges, a trailer at the end. Resolves when it is over. */
  start(request: RecordingRequest, sink: Writable): Promise<void>
  /** Ends all; resolves when their readers have the last line, or after two seconds. */
  close(): Promise<void>
}

interface Recorder {
  readonly routes: ReadonlySet<string> | undefined
  take(exchange: Exchange): void
  drop(): void
  /** Resolves when the reader has all, or is gone. */
  end(): Promise<void>
}

/** Turns a passage into an exchange that may be stored; undefined when there is none (no whole answer). */
export type Redact = (passage: Passage, outcome: Outcome) => Exchange | undefined

/** Builds recorders with nobody listening. Each exchange is redacted once, before anybody gets it (law 8). */
export function buildRecorders(redact: Redact, clock: Clock): Recorders {
  const active = new Set<Recorder>()
  const wants = (route: string) => {
    for (const { routes } of active) if (routes === undefined || routes.has(route)) return true
    return false
  }
  return {
    wants,
    offer: (passage, outcome) => {
      if (active.size === 0 || !wants(passage.decision.route)) return
      const exchange = redactSafely(redact, passage, outcome)
      if (exchange === undefined) return
      for (const recorder of active) {
        if (recorder.routes !== undefined && !recorder.routes.has(passage.decision.route)) continue
        if (exchange === 'failed') recorder.drop()
        else recorder.take(exchange)
      }
    },
    start: (request, sink) =>
      new Promise((resolve) => {
        const recorder = buildRecorder(request, sink, () => {
          active.delete(recorder)
          resolve()
        })
        const header: RecordingHeader = { banyanRecording: 1, startedAt: instant(clock), routes: request.routes ?? [] }
        sink.write(`${JSON.stringify(header)}\n`)
        active.add(recorder)
      }),
    close: async () => {
      const ended = Promise.all([...active].map((recorder) => recorder.end()))
      await Promise.race([ended, clock.sleep(closeBoundMs)])
    },
  }
}

/** What cannot be redacted is not stored (law 8), counted, and nobody's failure. */
function redactSafely(redact: Redact, passage: Passage, outcome: Outcome): Exchange | 'failed' | undefined {
  try {
    return redact(passage, outcome)
  } catch {
    return 'failed'
  }
}

function buildRecorder(request: RecordingRequest, sink: Writable, over: () => void): Recorder {
  let exchanges = 0
  let dropped = 0
  let ended = false
  const closed = new Promise<void>((resolve) => sink.once('close', resolve))
  const end = () => {
    if (!ended && !sink.destroyed) {
      const trailer: RecordingTrailer = { end: true, exchanges, dropped }
      sink.end(`${JSON.stringify(trailer)}\n`)
    }
    if (!ended) over()
    ended = true
    return closed
  }
  sink.once('close', end).on('error', end)
  return {
    routes: request.routes === undefined ? undefined : new Set(request.routes),
    drop: () => {
      dropped += 1
    },
    take: (exchange) => {
      if (ended) return
      if (sink.writableLength > maxBehindBytes) {
        dropped += 1
        return
      }
      sink.write(`${JSON.stringify(exchange)}\n`)
      exchanges += 1
      if (request.count !== undefined && exchanges >= request.count) void end()
    },
    end,
  }
}
