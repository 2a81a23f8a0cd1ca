import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { HeaderPair, NotStored, StoredBody } from '../exchange.ts'
import { redactJson } from './redact-json.ts'
import { redactText, type Token } from './redact-text.ts'
import { redactForm } from './redact-url.ts'

/** What was kept of a body while it passed by: its beginning, and how long it was as a whole. */
export interface BodyInTheRaw {
  readonly kept: Buffer
  readonly bytes: number
  /** SHA-256 of the whole, in hex, where it was made while the body passed by, because not all of it was kept. */
  readonly sha256?: string | undefined
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
  const mediaType = headerOf(headers, 'content-type').split(';')[0]?.trim().toLowerCase() ?? ''
  if (mediaType.startsWith('multipart/') || isMultipart(body.kept)) return without(body, 'multipart')
  const decoded = decodedBody(body, headerOf(headers, 'content-encoding'), maxBytes)
  if (typeof decoded === 'string') return without(body, decoded)
  const text = textOf(decoded.kept, decoded.cut)
  if (text === undefined) return without(body, 'not-text')
  const data = redactByType(mediaType, decoded.cut ? withoutCutDigits(text) : text, token)
  const stored: StoredBody = { encoding: 'utf8', data, bytes: body.bytes, truncated: decoded.cut }
  return decoded.cut ? { ...stored, notStored: 'too-large' } : stored
}

/**
 * As `redactBody`, for the body of an answer: a picture, a font or a sound is kept as base64, and what is binary or longer
 * than what is stored gets a digest, so that it can be compared with another answer all the same.
 */
export function redactAnswerBody(message: Message, maxBytes: number, token: Token): StoredBody | undefined {
  const stored = redactBody(message, maxBytes, token)
  const { body, headers } = message
  if (body === undefined || stored?.notStored === undefined) return stored
  const coding = headerOf(headers, 'content-encoding').trim().toLowerCase()
  const whole = wholeBody(body, coding)
  const digest = whole === undefined ? uncodedDigest(body, coding) : digestOf(whole)
  if (stored.notStored === 'not-text' && whole !== undefined && whole.length <= maxBytes && isMedia(headers)) {
    return { encoding: 'base64', data: whole.toString('base64'), bytes: body.bytes, truncated: false, digest }
  }
  return digest === undefined ? stored : { ...stored, digest }
}

/** From a digest of few bytes somebody could guess what they were. */
const fewestDigested = 64
/** What is compressed is decoded up to here. */
const maxDecodedBytes = 4 * 1024 * 1024

function wholeBody(body: BodyInTheRaw, coding: string): Buffer | undefined {
  if (body.kept.length < body.bytes) return undefined
  return coding === '' || coding === 'identity' ? body.kept : decompressed(body.kept, coding, maxDecodedBytes)
}

function digestOf(whole: Buffer): string | undefined {
  return whole.length < fewestDigested ? undefined : `sha256:${createHash('sha256').update(whole).digest('hex')}`
}

function uncodedDigest({ sha256 }: BodyInTheRaw, coding: string): string | undefined {
  return sha256 === undefined || (coding !== '' && coding !== 'identity') ? undefined : `sha256:${sha256}`
}

/** Kinds of bytes that people look at or listen to, and no application writes secrets into. */
export function isMedia(headers: readonly HeaderPair[]): boolean {
  return /^(?:image|font|audio|video)\/|^application\/(?:wasm|font-woff2?)\b/i.test(headerOf(headers, 'content-type'))
}

function without(body: BodyInTheRaw, notStored: NotStored): StoredBody {
  return { encoding: 'utf8', data: '', bytes: body.bytes, truncated: true, notStored }
}

/** A boundary and a part's first header, whatever the message says that it is. */
function isMultipart(kept: Buffer): boolean {
  return kept[0] === 0x2d && /^--[^\r\n]{1,70}\r?\ncontent-/i.test(kept.toString('latin1', 0, 100))
}

/** Many clients call JSON a form, and a form nothing or text. */
const jsonStart = /^\s*(?:\{\s*["}]|\[\s*["[{\]])/
const formStart = /^[\w.%[\]+-]{1,200}=[^\s<>"{}]*$/

function redactByType(mediaType: string, text: string, token: Token): string {
  const isForm =
    mediaType === 'application/x-www-form-urlencoded'
      ? !jsonStart.test(text)
      : (mediaType === '' || mediaType === 'text/plain') && formStart.test(text)
  if (isForm) return redactForm(text, token)
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

function decodedBody(body: BodyInTheRaw, coding: string, maxBytes: number): Kept | NotStored {
  const cut = body.kept.length < body.bytes
  const name = coding.trim().toLowerCase()
  if (name === '' || name === 'identity') {
    return { kept: body.kept.subarray(0, maxBytes), cut: cut || body.kept.length > maxBytes }
  }
  if (cut) return 'not-decodable'
  const kept = decompressed(body.kept, name, maxDecodedBytes)
  if (kept === undefined) return 'not-decodable'
  return { kept: kept.subarray(0, maxBytes), cut: kept.length > maxBytes }
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
