import { framingOf, readBody } from './message-body.ts'
import { type Found, type HeaderLine, readHead, valuesOf } from './message-head.ts'

/** A request as this reading, which shares nothing with the edge, understands it; texts are latin1. */
export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly version: '1.0' | '1.1'
  readonly headers: readonly HeaderLine[]
  readonly body: string
  readonly trailers: readonly HeaderLine[]
  /** Its bytes. */
  readonly bytes: string
  /** What another reader might take otherwise, though the letter of the RFC allows it. */
  readonly looseEnds: readonly string[]
}

/** Whole requests in order, what follows them, and why that can never become one. */
export interface RequestReading {
  readonly requests: readonly WireRequest[]
  readonly rest: string
  readonly wrong: string | undefined
}

/**
 * Reads the requests of one connection by the letter of RFC 9112, and stops at the first byte that has no reading or
 * more than one. Written for the tests alone, so that a mistake of the edge's parser is not shared by its judge.
 */
export function readRequests(text: string): RequestReading {
  const requests: WireRequest[] = []
  let at = 0
  for (;;) {
    while (text.startsWith('\r\n', at)) at += 2
    if (at === text.length) return { requests, rest: '', wrong: undefined }
    const found = readRequest(text, at)
    if ('more' in found) return { requests, rest: text.slice(at), wrong: undefined }
    if ('wrong' in found) return { requests, rest: text.slice(at), wrong: found.wrong }
    requests.push(found)
    at += found.bytes.length
  }
}

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP\/(1\.[01])$/

function readRequest(text: string, from: number): Found<WireRequest> {
  const head = readHead(text, from)
  if (!('headers' in head)) return head
  const [, method, target, version] = requestLine.exec(head.firstLine) ?? []
  if (method === undefined || target === undefined || (version !== '1.0' && version !== '1.1')) {
    return { wrong: `request line ${JSON.stringify(head.firstLine.slice(0, 80))}` }
  }
  const { headers } = head
  if (version === '1.1' && valuesOf(headers, 'host').length !== 1) return { wrong: 'not one Host' }
  const framing = framingOf(headers)
  if (typeof framing === 'object' && 'wrong' in framing) return framing
  if (framing === 'chunked' && version === '1.0') return { wrong: 'chunks in HTTP/1.0' }
  const body = readBody(text, head.bodyAt, framing)
  if (!('content' in body)) return body
  const bytes = text.slice(from, body.end)
  const request = { method, target, version, headers, body: body.content, trailers: body.trailers, bytes } as const
  return { ...request, looseEnds: looseEndsOf(request, body.extended) }
}

const framingTwin = /^(transfer.?encoding|content.?length)$/i
const forbiddenTrailer =
  /^(content-length|transfer-encoding|host|authorization|content-type|cookie|te|trailer|connection)$/i

function looseEndsOf(request: Omit<WireRequest, 'looseEnds'>, extended: boolean): readonly string[] {
  const { headers, target, trailers } = request
  const names = headers.map(([name]) => name.toLowerCase())
  const found = [
    extended && 'a chunk extension',
    !target.startsWith('/') && target !== '*' && 'a target that is no path',
    /[#\\]|[^\x21-\x7e]/.test(target) && 'a target with other characters',
    names.some((name) => framingTwin.test(name) && name.charAt(name.length === 17 ? 8 : 7) !== '-') &&
      'a twin of framing',
    headers.length > 250 && 'many header lines',
    trailers.some(([name]) => forbiddenTrailer.test(name)) && 'a trailer that belongs into the head',
    new Set(names.filter((name) => name !== 'cookie')).size < names.filter((name) => name !== 'cookie').length &&
      names.filter((name, i) => names.indexOf(name) !== i).some((name) => once.has(name)) &&
      'a repeated header',
  ]
  return found.filter((end) => end !== false)
}

const once: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'via',
  'x-forwarded-for',
  'x-request-id',
])
