import type { Visit } from '../correlate/carried.ts'
import { walkRequest } from '../correlate/carried.ts'
import type { Exchange, HeaderPair } from '../exchange.ts'
import { lowerName } from '../header-name.ts'
import { holdsToken } from '../redact/token.ts'
import type { ReplayWrites } from './replay-options.ts'

/** A request as it is sent again. */
export interface ReplayRequest {
  readonly method: string
  readonly target: string
  /** Names in lower case; a repeated name has several values. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string | undefined
}

/** Why an exchange is not sent again. */
export type SkipReason =
  /** Its method changes data, and writes are skipped. */
  | 'unsafe-method'
  /** A secret stood in its path, query or body, and only a token is left of it. */
  | 'redacted'
  /** Its body was not stored, or not as a whole. */
  | 'body-not-stored'
  /** Its target is no path: `CONNECT host:443`, `OPTIONS *`. */
  | 'no-path'

/** How a request is made from an exchange. */
export interface RequestOptions {
  /** Headers that take the place of recorded ones of the same name: credentials. */
  readonly headers: readonly HeaderPair[]
  /** Whether both arms are asked; then nothing makes an answer conditional on what one of them said before. */
  readonly bothArms: boolean
  /** What the arm has in place of a value that the request carries; undefined changes nothing. */
  readonly own?: Visit | undefined
}

/** A request that can be sent, or why it cannot. */
export type RequestMade =
  | { readonly ok: true; readonly request: ReplayRequest }
  | { readonly ok: false; readonly why: SkipReason }

/** Methods that change nothing (RFC 9110, section 9.2.1). */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

const overriding = /^x-(?:http-)?method(?:-override)?$/i

/** Also where a header tells the application to take another method for the one that was sent. */
function isSafe({ method, headers }: Exchange['request']): boolean {
  if (!safeMethods.has(method)) return false
  for (const [name, value] of headers) {
    if (overriding.test(name) && !safeMethods.has(value.trim().toUpperCase())) return false
  }
  return true
}

/** Only for one connection (RFC 9110, section 7.6.1), or made anew by who sends. */
const notSent: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'content-length', 'content-encoding', 'http2-settings'],
])
const conditional: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since', 'if-range'])

/** Why an exchange cannot be sent, whatever the arms have in place of what it carries; undefined when it can. */
export function whyNotSent({ request }: Exchange, writes: ReplayWrites): SkipReason | undefined {
  const { target, body } = request
  if (writes === 'skip' && !isSafe(request)) return 'unsafe-method'
  if (!target.startsWith('/')) return 'no-path'
  return body?.truncated === true || body?.encoding === 'base64' ? 'body-not-stored' : undefined
}

/** The request of an exchange, ready to be sent to one arm, or why it is not. Tokens are never sent. */
export function replayRequest(exchange: Exchange, options: RequestOptions): RequestMade {
  const { own } = options
  const { method, target, headers, body } = own === undefined ? exchange.request : walkRequest(exchange.request, own)
  if (holdsToken(target) || (body !== undefined && holdsToken(body.data))) return { ok: false, why: 'redacted' }
  return { ok: true, request: { method, target, headers: headersToSend(headers, options), body: body?.data } }
}

function headersToSend(recorded: readonly HeaderPair[], options: RequestOptions): Record<string, string | string[]> {
  const overridden = options.headers.length === 0 ? none : new Set(options.headers.map(([name]) => name.toLowerCase()))
  const hopByHop = namedByConnection(recorded)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of recorded) {
    const lower = lowerName(name)
    if (notSent.has(lower) || overridden.has(lower) || hopByHop.has(lower)) continue
    if (options.bothArms && conditional.has(lower)) continue
    if (!holdsToken(value)) addHeader(headers, lower, value)
    else if (lower === 'cookie' && withoutTokens(value) !== '') addHeader(headers, lower, withoutTokens(value))
  }
  for (const [name, value] of options.headers) addHeader(headers, lowerName(name), value)
  return headers
}

function addHeader(headers: Record<string, string | string[]>, lower: string, value: string): void {
  const before = headers[lower]
  if (before === undefined) headers[lower] = lower === 'accept-encoding' ? 'gzip, deflate, br' : value
  else if (!onlyOnce.has(lower)) headers[lower] = lower === 'cookie' ? `${before}; ${value}` : [before, value].flat()
}

const none: ReadonlySet<string> = new Set()
const onlyOnce: ReadonlySet<string> = new Set(['host', 'content-type', 'accept-encoding'])

/** The cookies whose values are known. */
function withoutTokens(cookies: string): string {
  const kept = cookies.split(';').filter((pair) => !holdsToken(pair))
  return kept.join(';').trim()
}

function namedByConnection(headers: readonly HeaderPair[]): ReadonlySet<string> {
  let named = ''
  for (const [name, value] of headers) if (lowerName(name) === 'connection') named += `${value},`
  if (named === '') return none
  const names = named.toLowerCase().split(',')
  return new Set(names.map((name) => name.trim()))
}
