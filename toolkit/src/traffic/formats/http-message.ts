import type { HeaderPair } from '../exchange.ts'
import type { BodyInTheRaw } from '../redact/redact-body.ts'
import { dechunk } from './dechunk.ts'

/** An HTTP/1.1 message out of its bytes. */
export interface HttpMessage {
  readonly startLine: string
  readonly headers: readonly HeaderPair[]
  readonly body: BodyInTheRaw | undefined
}

/** A message, or why these bytes are none. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: HttpMessage }
  | { readonly ok: false; readonly why: string }

const endOfHead = Buffer.from('\r\n\r\n')

/**
 * Parses the bytes of one HTTP/1.1 message (RFC 9112): chunked bodies are joined, and what is shorter than its
 * Content-Length counts as cut. `hasBody` is false for an answer to HEAD, whose headers tell of a body that is not there.
 */
export function parseMessage(bytes: Buffer, hasBody = true): ParsedMessage {
  const end = bytes.indexOf(endOfHead)
  if (end < 0) return { ok: false, why: 'its headers do not end' }
  const [startLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers: HeaderPair[] = []
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at <= 0 || /\s/.test(line.slice(0, at))) return { ok: false, why: `"${shown(line)}" is no header` }
    headers.push([line.slice(0, at), line.slice(at + 1).trim()])
  }
  const rest = bytes.subarray(end + endOfHead.length)
  if (!hasBody) return { ok: true, message: { startLine, headers, body: undefined } }
  const body = readBody(headers, rest)
  return body.ok ? { ok: true, message: { startLine, headers, body: body.body } } : body
}

type ParsedBody =
  | { readonly ok: true; readonly body: BodyInTheRaw | undefined }
  | { readonly ok: false; readonly why: string }

function readBody(headers: readonly HeaderPair[], rest: Buffer): ParsedBody {
  if (/\bchunked\s*$/i.test(headerValue(headers, 'transfer-encoding') ?? '')) {
    const { kept, cut } = dechunk(rest)
    // How much is missing nobody knows; one byte more than there is says that some is.
    return { ok: true, body: bodyOf(kept, cut ? kept.length + 1 : kept.length) }
  }
  const length = headerValue(headers, 'content-length')
  if (length === undefined) return { ok: true, body: bodyOf(rest, rest.length) }
  if (!/^\d{1,15}$/.test(length)) return { ok: false, why: `"${shown(length)}" is no Content-Length` }
  return { ok: true, body: bodyOf(rest.subarray(0, Number(length)), Number(length)) }
}

function bodyOf(kept: Buffer, bytes: number): BodyInTheRaw | undefined {
  return bytes === 0 ? undefined : { kept, bytes }
}

/** The first value of a header, by its name in lower case. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1]
}

function shown(text: string): string {
  return text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?')
}
