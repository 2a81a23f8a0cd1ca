import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { systemCodeOf } from '../../base/index.ts'

/** A decoded body, or why there is none: more than the bound, not what it says it is, or a coding unknown here. */
export type Decoded =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly why: 'too-large' | 'broken' | 'unknown-coding' }

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>

const ungzip: Decoder = promisify(gunzip)
const unbrotli: Decoder = promisify(brotliDecompress)
const unzlib: Decoder = promisify(inflate)
const unraw: Decoder = promisify(inflateRaw)

const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', ungzip],
  ['x-gzip', ungzip],
  ['br', unbrotli],
  ['deflate', undeflate],
])

/** More codings than this on one body is an attack, not a practice. */
const maxCodings = 3

/**
 * Takes the codings of a Content-Encoding header off a body, the last applied first (RFC 9110, section 8.4).
 * No step gives more than `maxBytes`: a small body that would unpack to gigabytes is refused as `too-large`.
 */
export async function decodeBody(body: Buffer, contentEncoding: string, maxBytes: number): Promise<Decoded> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > maxCodings) return { ok: false, why: 'unknown-coding' }
  let decoded = body
  for (const coding of codings.reverse()) {
    const step = await decodeOne(decoded, coding, maxBytes)
    if (!step.ok) return step
    decoded = step.body
  }
  return { ok: true, body: decoded }
}

async function decodeOne(body: Buffer, coding: string, maxBytes: number): Promise<Decoded> {
  const decoder = decoders.get(coding)
  if (decoder === undefined) return { ok: false, why: 'unknown-coding' }
  try {
    return { ok: true, body: await decoder(body, { maxOutputLength: maxBytes }) }
  } catch (thrown) {
    return { ok: false, why: systemCodeOf(thrown) === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken' }
  }
}

/** `deflate` means the zlib format, and some servers send the raw one (RFC 9110, section 8.4.1.2). */
async function undeflate(body: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer> {
  const zlibFormat = ((body[0] ?? 0) & 0x0f) === 8
  return zlibFormat ? unzlib(body, options) : unraw(body, options)
}
