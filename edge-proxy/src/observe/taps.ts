import type { Writable } from 'node:stream'
import type { ObservedRequest, ServedRequest, TapLine, TapRequest } from '../admin/observe-api.ts'

const maxTaps = 16
const defaultPerSecond = 200
/** A reader that is so many bytes behind loses lines, which are counted (law 9). */
const maxBehindBytes = 1024 * 1024
/** How long a close waits for readers, who may never read on. */
const endBoundMs = 500

/** One reader of the requests that pass. */
export interface Tap {
  /** Whether a request of this route is for it, and there is room for one more line of this second. */
  takes(route: string | undefined, failed: boolean): boolean
  /** Whether it only wants what failed. */
  readonly errors: boolean
  write(line: TapLine): void
}

/** Who watches requests pass. */
export interface Taps {
  open(): readonly Tap[]
  /** Streams NDJSON to `sink` until it is closed. */
  add(request: TapRequest, sink: Writable): void
  /** True when there are as many as there may be. */
  full(): boolean
  /** Lines that were left out since the start, because more came than were asked for or read. */
  leftOut(): number
  /** Ends all; resolves when their readers have the last line, or after half a second. */
  close(): Promise<void>
}

/** Builds taps with nobody watching. */
export function buildTaps(): Taps {
  const open = new Map<Writable, Tap>()
  let taps: readonly Tap[] = []
  let leftOut = 0
  const changed = () => {
    taps = [...open.values()]
  }
  return {
    open: () => taps,
    add: (request, sink) => {
      const { tap, stop } = buildTap(request, sink, (count) => {
        leftOut += count
      })
      open.set(sink, tap)
      changed()
      const gone = () => {
        stop()
        if (open.delete(sink)) changed()
      }
      sink.once('close', gone).on('error', gone)
    },
    full: () => open.size >= maxTaps,
    leftOut: () => leftOut,
    close: () => ended([...open.keys()]),
  }
}

async function ended(sinks: readonly Writable[]): Promise<void> {
  if (sinks.length === 0) return
  const closed = sinks.map((sink) => new Promise<void>((resolve) => void sink.once('close', resolve).end()))
  await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, endBoundMs).unref())])
}

/** The request, or the request with its verdict, as a line. */
export function requestLine(request: ObservedRequest): TapLine {
  return { event: 'request', request }
}

/** A request with the verdict on its two answers. */
export function verdictLine(request: ServedRequest): TapLine {
  return { event: 'verdict', request }
}

function buildTap(request: TapRequest, sink: Writable, lost: (lines: number) => void) {
  const { errors = false, perSecond = defaultPerSecond } = request
  const routes = request.routes === undefined ? undefined : new Set(request.routes)
  let room = perSecond
  let left = { sampled: 0, unread: 0 }
  const second = setInterval(() => {
    room = perSecond
    if (left.sampled + left.unread === 0 || isBehind(sink)) return
    lost(left.sampled + left.unread)
    put(sink, { event: 'left-out', ...left })
    left = { sampled: 0, unread: 0 }
  }, 1000)
  second.unref()
  const tap: Tap = {
    errors,
    takes: (route, failed) => {
      if ((errors && !failed) || !(routes === undefined || (route !== undefined && routes.has(route)))) return false
      if (room > 0) {
        room -= 1
        return true
      }
      left.sampled += 1
      return false
    },
    write: (line) => {
      if (isBehind(sink)) left.unread += 1
      else put(sink, line)
    },
  }
  return { tap, stop: () => clearInterval(second) }
}

function isBehind(sink: Writable): boolean {
  return sink.destroyed || sink.writableEnded || sink.writableLength > maxBehindBytes
}

function put(sink: Writable, line: TapLine): void {
  sink.write(`${JSON.stringify(line)}\n`)
}
