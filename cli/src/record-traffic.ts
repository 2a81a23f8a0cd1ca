import type { RecordingTrailer, VaultLine } from '@banyan/edge-proxy/admin-api'
import { type Clock, instant, isJsonObject, type Json, parseJson } from '@banyan/toolkit/base'
import {
  createVault,
  type RecordingSink,
  readOrMakeVaultKey,
  type VaultFile,
  writeRecording,
} from '@banyan/toolkit/traffic'
import type { EdgeClient } from './edge-client.ts'
import type { VaultFiles } from './recording/vault-files.ts'
import { linesOf } from './stream-lines.ts'

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
  /** A part that has grown so large is followed by the next. Default: one file. */
  readonly partBytes?: number | undefined
  /** Where the values behind the tokens go, encrypted, and the key; the key is made when it is not there. */
  readonly vault?: VaultFiles | undefined
}

/** What a recording holds. `dropped` were left out because somebody was too slow. */
export interface Recorded {
  readonly exchanges: number
  readonly dropped: number
  /** Files, where it was rotated. */
  readonly parts: number
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
  const key = wanted.vault && (await readOrMakeVaultKey(wanted.vault.keyFile))
  const sealed = key === undefined ? {} : { vaultKey: key.toString('base64url') }
  const streams = await Promise.all(edges.map((edge) => edge.record({ ...request, ...limit, ...sealed }, signal)))
  const stores = await openStores(wanted).catch((thrown: unknown) => {
    enough.abort()
    for (const stream of streams) stream.on('error', () => undefined).destroy()
    throw thrown
  })
  const tally = buildCount(wanted, () => enough.abort())
  try {
    await Promise.all(streams.map((stream) => copy(stream, stores, { tally, signal })))
  } finally {
    enough.abort()
    await stores.vault?.close()
  }
  return await stores.sink.close(tally.dropped())
}

interface Stores {
  readonly sink: RecordingSink
  readonly vault: VaultFile | undefined
}

async function openStores({ file, overwrite, partBytes, routes, vault, clock }: WantedRecording): Promise<Stores> {
  const header = { banyanRecording: 1, startedAt: instant(clock), routes } as const
  const sink = await writeRecording(file, header, { overwrite, ...(partBytes === undefined ? {} : { partBytes }) })
  if (vault === undefined) return { sink, vault: undefined }
  try {
    return { sink, vault: await createVault(vault.file, { overwrite }) }
  } catch (thrown) {
    await sink.close()
    throw thrown
  }
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

async function copy(stream: NodeJS.ReadableStream, { sink, vault }: Stores, { tally, signal }: Copying): Promise<void> {
  try {
    for await (const line of linesOf(stream)) {
      const framing = framingOf(line)
      if (isTrailer(framing)) tally.trailer(framing)
      else if (isVaultLine(framing)) await vault?.append(framing.vault)
      else if (framing === undefined && tally.take()) {
        await sink.writeLine(Buffer.from(`${line}\n`))
        tally.stored()
      }
    }
  } catch (thrown) {
    // Ending the stream is how a recording ends.
    if (!signal.aborted) throw thrown
  }
}

/** A line that is no exchange; exchanges, which are most, are not parsed: the edge is ours, and readers check every line. */
function framingOf(line: string): Json | undefined {
  return /^\{"(?:banyanRecording|vault|end)":/.test(line) ? parseJson(line) : undefined
}

function isVaultLine(value: unknown): value is VaultLine & object {
  return isJsonObject(value) && typeof value.vault === 'string'
}

function isTrailer(value: unknown): value is RecordingTrailer & object {
  return isJsonObject(value) && value.end === true
}
