import { readHeaderLines } from './header-lines.ts'
import { Invalid } from './invalid.ts'

/** How long an answer's body is: so many bytes, chunked, or until its connection ends (RFC 9112, section 6.3). */
export type BodyFraming = number | 'chunked' | 'until-close'

/** An answer's status line and header lines. */
export interface AnswerHead {
  readonly status: number
  readonly reason: string
  /** Flat, as they stood on the wire. */
  readonly headers: readonly string[]
  readonly framing: BodyFraming
  /** Whether the connection may be used again (RFC 9112, section 9.3). */
  readonly persists: boolean
  /** The value of `Keep-Alive`, undefined where it says nothing. */
  readonly keepAlive: string | undefined
}

/**
 * Reads the head of the answer to a request with `method`, up to and without the empty line at its end; latin1. An
 * answer that says in two ways how long it is, or that has a status outside 100 to 599, is invalid.
 */
export function readAnswerHead(text: string, method: string): AnswerHead | Invalid {
  const minor = text.startsWith('HTTP/1.1 ') ? 1 : text.startsWith('HTTP/1.0 ') ? 0 : -1
  if (minor < 0) return new Invalid('it does not begin as HTTP/1')
  const end = text.indexOf('\r')
  const status = statusOf(text, end)
  if (status < 100 || status > 599) return new Invalid('a status line without a status from 100 to 599')
  const headers = readHeaderLines(text, end + 2)
  if (headers instanceof Invalid) return headers
  const said = readFraming(headers)
  if (said instanceof Invalid) return said
  const framing = framingOf(said, { status, method, minor })
  if (framing instanceof Invalid) return framing
  return {
    status,
    reason: text.slice(13, end),
    headers,
    framing,
    persists: framing !== 'until-close' && persists(said, { status, minor }),
    keepAlive: said.keepAlive,
  }
}

/** Three digits, and then a blank or nothing (RFC 9112, section 4: the reason may be absent); 0 for all else. */
function statusOf(text: string, end: number): number {
  if (text.indexOf('\n') !== end + 1 || end < 12 || (end > 12 && text.charCodeAt(12) !== 32)) return 0
  let status = 0
  for (let at = 9; at < 12; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return 0
    status = status * 10 + digit
  }
  return status
}

/** What the header lines say about the message's end and its connection. */
interface Said {
  length: string | undefined
  coding: string | undefined
  connection: string | undefined
  keepAlive: string | undefined
}

function readFraming(headers: readonly string[]): Said | Invalid {
  const said: Said = { length: undefined, coding: undefined, connection: undefined, keepAlive: undefined }
  for (let at = 0; at < headers.length; at += 2) {
    const written = headers[at] ?? ''
    const { length } = written
    if (length !== 14 && length !== 17 && length !== 10) continue
    const name = written.toLowerCase()
    const value = headers[at + 1] ?? ''
    if (name === 'content-length') {
      if (said.length !== undefined) return new Invalid('two Content-Length lines')
      said.length = value
    } else if (name === 'transfer-encoding') {
      if (said.coding !== undefined) return new Invalid('two Transfer-Encoding lines')
      said.coding = value
    } else if (name === 'connection') said.connection = joined(said.connection, value)
    else if (name === 'keep-alive') said.keepAlive = value
  }
  return said
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value.toLowerCase() : `${before},${value.toLowerCase()}`
}

interface Circumstances {
  readonly status: number
  readonly method: string
  readonly minor: number
}

function framingOf({ length, coding }: Said, { status, method, minor }: Circumstances): BodyFraming | Invalid {
  if (length !== undefined && coding !== undefined) return new Invalid('both Content-Length and Transfer-Encoding')
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return new Invalid('a Content-Length that is no number')
  if (coding !== undefined && minor === 0) return new Invalid('Transfer-Encoding in HTTP/1.0')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return new Invalid('another coding than chunked')
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return 0
  if (coding !== undefined) return 'chunked'
  return length === undefined ? 'until-close' : Number(length)
}

/** A body where none may be (a length beside 204) puts in doubt where the answer ends: nothing is kept then. */
function persists({ length, coding, connection }: Said, { status, minor }: Omit<Circumstances, 'method'>): boolean {
  if (status === 204 && (coding !== undefined || (length !== undefined && Number(length) > 0))) return false
  if (connection === undefined) return minor === 1
  if (connection === 'keep-alive') return true
  const options = connection.split(',').map((option) => option.trim())
  return !options.includes('close') && (minor === 1 || options.includes('keep-alive'))
}
