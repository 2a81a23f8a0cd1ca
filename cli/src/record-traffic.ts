import { createInterface } from 'node:readline'
import type { RecordingTrailer } from '@banyan/edge-proxy/admin-api'
import { type Clock, instant, isJsonObject, parseJson } from '@banyan/toolkit/base'
import { type Exchange, type RecordingSink, writeRecording } from '@banyan/toolkit/traffic'
import type { EdgeClient } from './edge-client.ts'

/** What to record, and when it is enough. Without `count` and with a signal that never aborts it goes on for ever. */
export interface WantedRecording {
  readonly file: string
  /** None named: all. */
  readonly routes: readonly string[]
  readonly count: number | undefined
  readonly overwrite: boolean
  readonly clock: Clock
  /** Ends the recording; what is stored by then is kept. */
  readonly signal: AbortSignal
  readonly onProgress?: (exchanges: number) => void
}

/** What a recording holds. `dropped` were left out because somebody was too slow. */
export interface Recorded {
  readonly exchanges: number
  readonly dropped: number
}

/**
 * Records what passes through the edges into one file, until it is enough. Exchanges were redacted by the edge.
 * Throws what the edges and `writeRecording` throw; what was stored before stays.
 */
export async function recordTraffic(edges: readonly EdgeClient[], wanted: WantedRecording): Promise<Recorded> {
  const enough = new AbortController()
  const signal = AbortSignal.any([enough.signal, wanted.signal])
  const request = { ...(wanted.routes.length === 0 ? {} : { routes: wanted.routes }) }
  const limit = wanted.count === undefined ? {} : { count: wanted.count }
  const streams = await Promise.all(edges.map((edge) => edge.record({ ...request, ...limit }, signal)))
  const header = { banyanRecording: 1, startedAt: instant(wanted.clock), routes: wanted.routes } as const
  const sink = await writeRecording(wanted.file, header, { overwrite: wanted.overwrite }).catch((thrown: unknown) => {
    enough.abort()
    for (const stream of streams) stream.on('error', () => undefined).destroy()
    throw thrown
  })
  const tally = buildCount(wanted, () => enough.abort())
  try {
    await Promise.all(streams.map((stream) => copy(stream, sink, { tally, signal })))
  } finally {
    enough.abort()
  }
  const { exchanges, dropped } = await sink.close()
  return { exchanges, dropped: dropped + tally.dropped() }
}

interface Count {
  /** Whether one more is wanted. */
  take(): boolean
  stored(): void
  trailer(trailer: RecordingTrailer): void
  dropped(): number
}

function buildCount({ count = Number.POSITIVE_INFINITY, onProgress }: WantedRecording, enough: () => void): Count {
  let taken = 0
  let dropped = 0
  return {
    take: () => taken++ < count,
    stored: () => {
      onProgress?.(Math.min(taken, count))
      if (taken >= count) enough()
    },
    trailer: (trailer) => {
      dropped += trailer.dropped
    },
    dropped: () => dropped,
  }
}

interface Copying {
  readonly tally: Count
  readonly signal: AbortSignal
}

async function copy(stream: NodeJS.ReadableStream, sink: RecordingSink, { tally, signal }: Copying): Promise<void> {
  try {
    for await (const line of linesOf(stream)) {
      const parsed = parseJson(line)
      if (isTrailer(parsed)) tally.trailer(parsed)
      else if (isExchange(parsed) && tally.take()) {
        await sink.write(parsed)
        tally.stored()
      }
    }
  } catch (thrown) {
    // Ending the stream is how a recording ends.
    if (!signal.aborted) throw thrown
  }
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // readline does not pass on what goes wrong with its input.
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => lines.close())
  const iterator = lines[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([iterator.next(), failed])
    if (next.done === true) return
    yield next.value
  }
}

// The edge is ours, and the reader of recordings checks every line again.
function isExchange(value: unknown): value is Exchange & object {
  return isJsonObject(value) && 'request' in value && 'response' in value
}

function isTrailer(value: unknown): value is RecordingTrailer & object {
  return isJsonObject(value) && value.end === true
}
