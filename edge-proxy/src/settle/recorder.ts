import type { Writable } from 'node:stream'
import { type Clock, instant } from '@banyan/toolkit/base'
import { bucketOf, type StandingRecording, shareServes } from '@banyan/toolkit/routing'
import type { RecordingRequest, RecordingTrailer } from '../admin/admin-api.ts'
import type { RecordedBatch, ToldToThread } from './recording-messages.ts'
import type { RecordingThread } from './recording-thread.ts'

/** A reader that is so many bytes behind loses exchanges, which are counted (law 9). */
const maxBehindBytes = 8 * 1024 * 1024
/** A standing recording that failed is begun anew after so long. */
const retryMs = 60_000

/** One recording that is being made, on the edge's side: who wants what, and what became of it. */
export interface Recorder {
  /** What the recording thread is told first. */
  readonly opening: ToldToThread
  wants(route: string, caller: string): boolean
  /** An exchange was sent to be redacted, or found no room. */
  offered(sent: boolean): void
  came(batch: RecordedBatch): void
  /** What was under way is lost. */
  lost(): void
  failed(why: string): void
  /** The thread has nothing more of it. */
  over(): void
  counts(): { readonly exchanges: number; readonly dropped: number; readonly trouble: string | undefined }
  /** Wants nothing more; resolves when its reader has all, or is gone, or its files are closed. */
  end(): Promise<void>
}

/** What every recorder needs. */
export interface RecorderParts {
  readonly id: number
  readonly thread: RecordingThread
  readonly clock: Clock
  /** It is over. */
  gone(): void
}

/** What to stream: of all callers, or of a share of them. */
export interface StreamWanted extends RecordingRequest {
  readonly percent?: number
}

/** Builds a recorder that streams its lines to `sink`. */
export function buildStreamRecorder(parts: RecorderParts, request: StreamWanted, sink: Writable): Recorder {
  const { id, thread, gone } = parts
  const { percent = 100 } = request
  const routes = request.routes === undefined ? undefined : new Set(request.routes)
  const limit = request.count ?? Number.POSITIVE_INFINITY
  const counts = { exchanges: 0, dropped: 0, underWay: 0 }
  let ended = false
  const closed = new Promise<void>((resolve) => sink.once('close', resolve))
  const stop = () => {
    if (!ended) thread.tell({ kind: 'end', recorder: id, dropped: 0 })
    ended = true
  }
  const end = () => {
    stop()
    return closed
  }
  // The thread must hear of it, too: it would keep what it knows of each reader that ever left.
  const left = () => {
    stop()
    gone()
  }
  sink.once('close', left).on('error', left)
  return {
    opening: {
      kind: 'stream',
      recorder: id,
      vaultKey: request.vaultKey === undefined ? undefined : Buffer.from(request.vaultKey, 'base64url'),
    },
    wants: (route, caller) =>
      !ended &&
      counts.exchanges + counts.underWay < limit &&
      (routes === undefined || routes.has(route)) &&
      takesCaller(percent, caller),
    offered: (sent) => {
      if (sent) counts.underWay += 1
      else counts.dropped += 1
    },
    came: ({ exchanges, dropped, lines }) => {
      counts.underWay -= exchanges + dropped
      counts.dropped += dropped
      if (sink.destroyed || sink.writableLength > maxBehindBytes) {
        counts.dropped += exchanges
        return
      }
      if (lines !== undefined) sink.write(lines)
      counts.exchanges += exchanges
      if (counts.exchanges >= limit) void end()
    },
    lost: () => {
      counts.dropped += counts.underWay
      counts.underWay = 0
      if (ended) void sink.end()
    },
    failed: () => undefined,
    over: () => {
      const trailer: RecordingTrailer = { end: true, exchanges: counts.exchanges, dropped: counts.dropped }
      if (!sink.destroyed) sink.end(`${JSON.stringify(trailer)}\n`)
    },
    counts: () => ({ ...counts, trouble: undefined }),
    end,
  }
}

/** Builds a recorder whose lines the thread stores in files. */
export function buildStandingRecorder(
  { id, thread, clock, gone }: RecorderParts,
  rule: StandingRecording,
  vaultKeyFile: string | undefined,
): Recorder {
  const { folder, partBytes, keepBytes, percent, routes } = rule
  const counts = { exchanges: 0, dropped: 0, underWay: 0 }
  let trouble: { readonly why: string; readonly at: number } | undefined
  let over: () => void = () => undefined
  const closed = new Promise<void>((resolve) => {
    over = resolve
  })
  let ended = false
  const opening = (): ToldToThread => ({
    kind: 'store',
    recorder: id,
    files: { folder, partBytes, keepBytes, vaultKeyFile },
    header: { banyanRecording: 1, startedAt: instant(clock), routes: [...routes] },
  })
  const retry = () => {
    if (trouble === undefined || clock.monotonic() - trouble.at < retryMs) return
    trouble = undefined
    thread.tell(opening())
  }
  return {
    get opening() {
      return opening()
    },
    wants: (route, caller) => !ended && routes.has(route) && takesCaller(percent, caller),
    offered: (sent) => {
      if (sent) counts.underWay += 1
      else counts.dropped += 1
    },
    came: ({ exchanges, dropped }) => {
      counts.underWay -= exchanges + dropped
      counts.exchanges += exchanges
      counts.dropped += dropped
      retry()
    },
    lost: () => {
      counts.dropped += counts.underWay
      counts.underWay = 0
      if (ended) over()
    },
    failed: (why) => {
      trouble = { why, at: clock.monotonic() }
    },
    over: () => {
      gone()
      over()
    },
    counts: () => ({ exchanges: counts.exchanges, dropped: counts.dropped, trouble: trouble?.why }),
    end: () => {
      if (!ended) thread.tell({ kind: 'end', recorder: id, dropped: counts.dropped })
      ended = true
      return closed
    },
  }
}

/** Whether a share of callers takes this one: all requests of a caller, or none, so that chains of requests are whole. */
function takesCaller(percent: number, caller: string): boolean {
  return percent === 100 || shareServes(percent, bucketOf('recording', caller))
}
