import type { IncomingMessage } from 'node:http'
import { isHostHeader } from './host-header.ts'
import { ambiguous, type Refusal } from './refusal.ts'

/** More header lines than this are refused with 431; Node's own limit truncates silently (CVE-2026-58044). */
const maxHeaderLines = 200

/** How the request's body is delimited on the wire (RFC 9112, section 6). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

/** Names that may stand only once. */
const once = ['host', 'content-length', 'transfer-encoding', 'authorization'] as const

/** The values of those names; looked at in every request, so it is no Map. */
type SingleHeaders = { [Name in (typeof once)[number]]: string | undefined }

/**
 * The one framing that a request's header lines allow, or why they allow more than one: repeated Host,
 * Content-Length, Transfer-Encoding or Authorization, both framings at once, a coding other than `chunked`,
 * transfer codings in HTTP/1.0, and other versions (RFC 9112, sections 2.3, 3.2, 6.1 and 6.3).
 */
export function readFraming(request: IncomingMessage): Framing | Refusal {
  const { rawHeaders } = request
  // Node takes HTTP/0.9 and 2.0 for versions, and would answer them as 1.1.
  if (request.httpVersionMajor !== 1) return ambiguous('version-unknown', 'the versions are HTTP/1.0 and HTTP/1.1')
  if (rawHeaders.length > maxHeaderLines * 2) {
    return {
      ...ambiguous('too-many-headers', `more than ${maxHeaderLines} header lines`),
      status: 431,
      title: 'Request Header Fields Too Large',
    }
  }
  const single = readSingleHeaders(rawHeaders)
  if ('code' in single) return single
  return refuseHost(single.host, request) ?? framingOf(single, request)
}

function readSingleHeaders(rawHeaders: readonly string[]): SingleHeaders | Refusal {
  const single: SingleHeaders = {
    host: undefined,
    'content-length': undefined,
    'transfer-encoding': undefined,
    authorization: undefined,
  }
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = singleName(rawHeaders[i] ?? '')
    if (name === undefined) continue
    if (single[name] !== undefined) return ambiguous('repeated-header', `${name} may stand only once`)
    single[name] = rawHeaders[i + 1] ?? ''
  }
  return single
}

function singleName(written: string): keyof SingleHeaders | undefined {
  for (const name of once) if (name.length === written.length && name === written.toLowerCase()) return name
  return undefined
}

function refuseHost(host: string | undefined, request: IncomingMessage): Refusal | undefined {
  if (host === undefined) {
    return request.httpVersionMinor === 0 ? undefined : ambiguous('host-missing', 'HTTP/1.1 needs a Host header')
  }
  return isHostHeader(host) ? undefined : ambiguous('host-invalid', 'Host is not a host name with an optional port')
}

function framingOf(single: SingleHeaders, request: IncomingMessage): Framing | Refusal {
  const coding = single['transfer-encoding']
  const length = single['content-length']
  if (coding !== undefined) {
    if (length !== undefined)
      return ambiguous('two-framings', 'Content-Length and Transfer-Encoding exclude each other')
    if (request.httpVersionMinor === 0) return ambiguous('transfer-coding', 'HTTP/1.0 has no Transfer-Encoding')
    if (coding.toLowerCase() !== 'chunked') return ambiguous('transfer-coding', 'the only transfer coding is chunked')
    return { kind: 'chunked' }
  }
  if (length === undefined) return { kind: 'none' }
  const bytes = Number(length)
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(bytes)) {
    return ambiguous('content-length', 'Content-Length is not a decimal number of bytes')
  }
  return { kind: 'length', bytes }
}
