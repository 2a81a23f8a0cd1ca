import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** How a body is digested while it passes. */
export interface BodyDigestOptions {
  /** Of the decoded body, how much is kept. */
  readonly keepBytes: number
  /** Of the decoded body, how much is read at most: a small body may unpack to gigabytes. Default 1 GiB. */
  readonly maxBytes?: number | undefined
  /** Its Content-Encoding: one of gzip, br and deflate, or none. */
  readonly contentEncoding?: string | undefined
}

/** What is known of a body that has passed. */
export interface DigestedBody {
  /** Its beginning, decoded: all of it when it is no longer than `keepBytes`. */
  readonly kept: Buffer
  /** Of the decoded body, as far as it was read. */
  readonly bytes: number
  readonly truncated: boolean
  /** `sha256:` and 64 hex digits of the whole decoded body; undefined when it is broken, coded otherwise, or beyond `maxBytes`. */
  readonly digest: string | undefined
}

/** A body that passes by, in bounded memory. */
export interface BodyDigest {
  /** Takes the next bytes as they came. When it gives a promise, await it before the next write. */
  write(chunk: Buffer): Promise<void> | undefined
  /** No more will come. */
  end(): Promise<DigestedBody>
}

/**
 * Digests a body of any size while it passes, and keeps its beginning: so that two answers too large to be kept can be
 * compared all the same. Never throws.
 *
 * @example
 * const digest = buildBodyDigest({ keepBytes: 65_536, contentEncoding: 'gzip' })
 * for await (const chunk of response) await digest.write(chunk)
 * const { kept, digest: whole } = await digest.end()
 */
export function buildBodyDigest(options: BodyDigestOptions): BodyDigest {
  const taken = buildTaken(options)
  const coding = options.contentEncoding?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') {
    return {
      write: (chunk) => {
        taken.take(chunk)
        return undefined
      },
      end: async () => taken.result(true),
    }
  }
  const decoder = decoderOf(coding)
  return decoder === undefined ? uncoded(taken) : decoding(decoder, taken)
}

interface Taken {
  /** False when no more is wanted. */
  take(chunk: Buffer): boolean
  result(whole: boolean): DigestedBody
}

function buildTaken({ keepBytes, maxBytes = 1024 ** 3 }: BodyDigestOptions): Taken {
  const hash: Hash = createHash('sha256')
  const kept: Buffer[] = []
  let bytes = 0
  let keptBytes = 0
  return {
    take(chunk) {
      if (bytes > maxBytes) return false
      if (keptBytes < keepBytes) {
        // A copy, for the chunk may be a small view of a large block.
        const part = Buffer.from(chunk.subarray(0, keepBytes - keptBytes))
        keptBytes += part.length
        kept.push(part)
      }
      hash.update(chunk)
      bytes += chunk.length
      return bytes <= maxBytes
    },
    result(whole) {
      const known = whole && bytes <= maxBytes
      const digest = known ? `sha256:${hash.digest('hex')}` : undefined
      return { kept: Buffer.concat(kept), bytes, truncated: !known || bytes > keptBytes, digest }
    },
  }
}

function decoderOf(coding: string): Transform | undefined {
  if (coding === 'gzip' || coding === 'x-gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  return coding === 'deflate' ? createInflate() : undefined
}

/** What cannot be decoded is not digested either: two codings of one body would look different. */
function uncoded(taken: Taken): BodyDigest {
  return { write: () => undefined, end: async () => taken.result(false) }
}

function decoding(decoder: Transform, taken: Taken): BodyDigest {
  let stopped = false
  const closed = new Promise<boolean>((resolve) => {
    decoder.once('end', () => resolve(true))
    decoder.once('close', () => resolve(false))
    decoder.once('error', () => {
      stopped = true
      resolve(false)
    })
  })
  decoder.on('data', (chunk: Buffer) => {
    if (taken.take(chunk)) return
    stopped = true
    decoder.destroy()
  })
  return {
    write(chunk) {
      if (stopped || decoder.write(chunk)) return undefined
      return Promise.race([once(decoder, 'drain'), closed]).then(noValue, noValue)
    },
    async end() {
      if (!stopped) decoder.end()
      return taken.result(await closed)
    },
  }
}

function noValue(): void {}
