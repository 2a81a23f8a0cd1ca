import { isUtf8 } from 'node:buffer'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { HeaderPair, StoredBody } from '../exchange.ts'
import { redactJson } from './redact-json.ts'
import { redactText, type Token } from './redact-text.ts'
import { redactForm } from './redact-url.ts'

/** What was kept of a body while it passed by: its beginning, and how long it was as a whole. */
export interface BodyInTheRaw {
  readonly kept: Buffer
  readonly bytes: number
}

interface Message {
  readonly headers: readonly HeaderPair[]
  readonly body: BodyInTheRaw | undefined
}

/**
 * A body as it may be stored: decoded from gzip, br or deflate, cut to `maxBytes`, its secrets replaced. Of a body
 * that is no text, or multipart, or coded and cut, only the size is kept: nothing unread is stored (law 8).
 */
export function redactBody({ headers, body }: Message, maxBytes: number, token: Token): StoredBody | undefined {
  if (body === undefined || body.bytes === 0) return undefined
  const notStored: StoredBody = { encoding: 'utf8', data: '', bytes: body.bytes, truncated: true }
  const mediaType = headerOf(headers, 'content-type').split(';')[0]?.trim().toLowerCase() ?? ''
  if (mediaType.startsWith('multipart/')) return notStored
  const decoded = decodedBody(body, headerOf(headers, 'content-encoding'), maxBytes)
  const text = decoded === undefined ? undefined : textOf(decoded.kept, decoded.cut)
  if (decoded === undefined || text === undefined) return notStored
  const data = redactByType(mediaType, decoded.cut ? withoutCutDigits(text) : text, token)
  return { encoding: 'utf8', data, bytes: body.bytes, truncated: decoded.cut }
}

function redactByType(mediaType: string, text: string, token: Token): string {
  if (mediaType === 'application/x-www-form-urlencoded') return redactForm(text, token)
  const json = mediaType.endsWith('json') || /^\s*[[{"]/.test(text)
  return json ? redactJson(text, token) : redactText(text, token)
}

const longestCard = 40

/** Digits at a cut may begin a card number, which nobody can tell by its check digit any more. */
function withoutCutDigits(text: string): string {
  const end = text.slice(-longestCard)
  return text.slice(0, text.length - end.length) + end.replace(/\d(?:[ -]?\d){6,}[ -]?$/, '')
}

interface Kept {
  readonly kept: Buffer
  readonly cut: boolean
}

function decodedBody(body: BodyInTheRaw, coding: string, maxBytes: number): Kept | undefined {
  const cut = body.kept.length < body.bytes
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') {
    return { kept: body.kept.subarray(0, maxBytes), cut: cut || body.kept.length > maxBytes }
  }
  if (cut) return undefined
  const kept = decompressed(body.kept, name, maxBytes)
  return kept === undefined ? undefined : { kept, cut: false }
}

/** Synchronous, for the bound keeps it short; what is larger decoded is not stored. */
function decompressed(body: Buffer, coding: string, maxOutputLength: number): Buffer | undefined {
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(body, { maxOutputLength })
    if (coding === 'br') return brotliDecompressSync(body, { maxOutputLength })
    return coding === 'deflate' ? inflateSync(body, { maxOutputLength }) : undefined
  } catch {
    return undefined
  }
}

/** Text when it is UTF-8 without NUL; where the body was cut, half a character at its end is dropped. */
function textOf(bytes: Buffer, cut: boolean): string | undefined {
  for (const dropped of cut ? [0, 1, 2, 3] : [0]) {
    const part = bytes.subarray(0, bytes.length - dropped)
    if (isUtf8(part)) return part.includes(0) ? undefined : part.toString('utf8')
  }
  return undefined
}

function headerOf(headers: readonly HeaderPair[], name: string): string {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? ''
}
