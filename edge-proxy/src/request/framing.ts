import type { IncomingMessage } from 'node:http'
import { isHostHeader } from './host-header.ts'
import { ambiguous, type Refusal } from './refusal.ts'

/** More header lines than this are refused with 431; Node's own limit truncates silently (CVE-2026-58044). */
export const maxHeaderLines = 200

/** How the request's body is delimited on the wire (RFC 9112, section 6). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

const once: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'authorization'])

/**
 * The one framing that a request's header lines allow, or why they allow more than one: repeated Host,
 * Content-Length, Transfer-Encoding or Authorization, both framings at once, a coding other than `chunked`,
 * and transfer codings in HTTP/1.0 (RFC 9112, sections 3.2, 6.1 and 6.3).
 */
export function readFraming(request: IncomingMessage): Framing | Refusal {
  const { rawHeaders } = request
  if (rawHeaders.length > maxHeaderLines * 2) {
    return {
      ...ambiguous('too-many-headers', `more than ${maxHeaderLines} header lines`),
      status: 431,
      title: 'Request Header Fields Too Large',
    }
  }
  const single = readSingleHeaders(rawHeaders)
  if ('code' in single) return single
  return refuseHost(single.get('host'), request) ?? framingOf(single, request)
}

function readSingleHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> | Refusal {
  const single = new Map<string, string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    if (!once.has(name)) continue
    if (single.has(name)) return ambiguous('repeated-header', `${name} may stand only once`)
    single.set(name, rawHeaders[i + 1] ?? '')
  }
  return single
}

function refuseHost(host: string | undefined, request: IncomingMessage): Refusal | undefined {
  if (host === undefined) {
    return request.httpVersionMinor === 0 ? undefined : ambiguous('host-missing', 'HTTP/1.1 needs a Host header')
  }
  return isHostHeader(host) ? undefined : ambiguous('host-invalid', 'Host is not a host name with an optional port')
}

function framingOf(single: ReadonlyMap<string, string>, request: IncomingMessage): Framing | Refusal {
  const coding = single.get('transfer-encoding')
  const length = single.get('content-length')
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
