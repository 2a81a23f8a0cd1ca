import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import type { ForeignFormat } from './foreign.ts'

/** Enough to tell the formats apart. */
const headBytes = 64 * 1024

/** The bytes of a foreign file, unpacked, and what they look like. */
export interface ForeignFile {
  readonly chunks: AsyncIterable<Buffer>
  /** The file's first 64 KiB at most, unpacked. */
  readonly head: Buffer
  /** Why reading ended before the file did; undefined as long as it has not. */
  cutBy(): string | undefined
}

/**
 * Opens a foreign file, gzip or not, whatever it is called. One that is packed and cut gives what can be unpacked of it.
 * Throws `import-unreadable` (exit 4).
 */
export async function openForeign(path: string): Promise<ForeignFile> {
  let cut: string | undefined
  const unpacked = unpackedChunks(path, (why) => {
    cut = why
  })
  const first: Buffer[] = []
  let bytes = 0
  for (let next = await unpacked.next(); next.done !== true; next = await unpacked.next()) {
    first.push(next.value)
    bytes += next.value.length
    if (bytes >= headBytes) break
  }
  const chunks = async function* () {
    yield* first.splice(0)
    yield* unpacked
  }
  return { head: Buffer.concat(first).subarray(0, headBytes), chunks: chunks(), cutBy: () => cut }
}

async function* unpackedChunks(path: string, onCut: (why: string) => void): AsyncGenerator<Buffer> {
  try {
    const file = createReadStream(path)
    const bytes: AsyncIterator<Buffer> = file[Symbol.asyncIterator]()
    const first = await bytes.next()
    if (first.done === true) return
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unpacked(path, onCut)
    else {
      yield first.value
      for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value
    }
    file.destroy()
  } catch (thrown) {
    throw new Fault('import-unreadable', `cannot read ${path}: ${messageOf(thrown)}`, {
      exitCode: exitCodes.invalidConfig,
      cause: thrown,
    })
  }
}

async function* unpacked(path: string, onCut: (why: string) => void): AsyncGenerator<Buffer> {
  const packed = createReadStream(path)
  const gunzip = createGunzip()
  packed.once('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of packed.pipe(gunzip)) yield chunk
  } catch (thrown) {
    if (!String(systemCodeOf(thrown)).startsWith('Z_')) throw thrown
    onCut(`the packed data breaks off: ${messageOf(thrown)}`)
  } finally {
    packed.destroy()
  }
}

/** What a file looks like by its beginning; undefined when it looks like nothing that is known here. */
export function detectFormat(head: Buffer): ForeignFormat | undefined {
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (text.startsWith('{')) return /"(log|entries)"\s*:/.test(text) ? 'har' : undefined
  if (/^[123] [0-9A-Za-z]+ \d+( -?\d+)? *\n/.test(text)) return 'gor'
  return /^[^\n]*\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:[^\]]+\] "/m.test(text) ? 'access-log' : undefined
}
