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
    const begin = at
    while (text[at] === '\r' || text[at] === '\n') at += 1
    if (at === text.length) return { requests, rest: '', wrong: undefined }
    const found = readRequest(text, at)
    if ('more' in found) return { requests, rest: text.slice(at), wrong: undefined }
    if ('wrong' in found) return { requests, rest: text.slice(at), wrong: found.wrong }
    requests.push(at === begin ? found : { ...found, looseEnds: [...found.looseEnds, 'empty lines before it'] })
    at += found.bytes.length
  }
}

const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([\x21-\x7e]+) +HTTP\/(1\.[01])$/

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
  const blanks = head.firstLine.includes('  ') ? ['blanks in its first line'] : []
  return { ...request, looseEnds: [...blanks, ...looseEndsOf(request, body.extended)] }
}

function looseEndsOf(request: Omit<WireRequest, 'looseEnds'>, extended: boolean): readonly string[] {
  const { headers, target, trailers } = request
  const names = headers.map(([name]) => name.toLowerCase())
  const found = [
    extended && 'a chunk extension',
    !target.startsWith('/') && target !== '*' && 'a target that is no path',
    /#|^[^?]*\\/.test(target) && 'a target with other characters',
    names.some((name) => framingTwins.has(name)) && 'a twin of framing',
    headers.length > 250 && 'many header lines',
    trailers.some(([name]) => headOnly.has(name.toLowerCase())) && 'a trailer that belongs into the head',
    names.some((name, i) => single.has(name) && names.indexOf(name) !== i) && 'a repeated header',
  ]
  return found.filter((end) => end !== false)
}

const framingTwins: ReadonlySet<string> = new Set(['transfer_encoding', 'content_length', 'transfer.encoding'])
const single: ReadonlySet<string> = new Set(['host', 'authorization', 'via', 'x-forwarded-for', 'x-request-id'])
const headOnly: ReadonlySet<string> = new Set([
  ...['content-length', 'transfer-encoding', 'host', 'authorization', 'content-type', 'cookie', 'te', 'trailer'],
  ...['connection', 'expect', 'content-encoding', 'range'],
])
