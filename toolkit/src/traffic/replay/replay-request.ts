import type { Exchange, HeaderPair } from '../exchange.ts'
import { holdsToken } from '../redact/token.ts'

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

/** How requests are made from exchanges. */
export interface RequestOptions {
  /** Headers that take the place of recorded ones of the same name: credentials. */
  readonly headers: readonly HeaderPair[]
  readonly writes: 'skip' | 'send'
  /** Whether both arms are asked; then nothing makes an answer conditional on what one of them said before. */
  readonly bothArms: boolean
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Only for one connection (RFC 9110, section 7.6.1), or made anew by who sends. */
const notSent: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'content-length', 'content-encoding', 'http2-settings'],
])
const conditional: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since', 'if-range'])

/** The request of an exchange, ready to be sent to an arm, or why it is not sent. Tokens are never sent. */
export function replayRequest(
  exchange: Exchange,
  options: RequestOptions,
): { readonly ok: true; readonly request: ReplayRequest } | { readonly ok: false; readonly why: SkipReason } {
  const { method, target, headers, body } = exchange.request
  if (!safeMethods.has(method) && options.writes === 'skip') return { ok: false, why: 'unsafe-method' }
  if (!target.startsWith('/')) return { ok: false, why: 'no-path' }
  if (holdsToken(target)) return { ok: false, why: 'redacted' }
  if (body?.truncated === true || body?.encoding === 'base64') return { ok: false, why: 'body-not-stored' }
  if (body !== undefined && holdsToken(body.data)) return { ok: false, why: 'redacted' }
  return { ok: true, request: { method, target, headers: headersToSend(headers, options), body: body?.data } }
}

function headersToSend(recorded: readonly HeaderPair[], options: RequestOptions): Record<string, string | string[]> {
  const overridden = new Set(options.headers.map(([name]) => name.toLowerCase()))
  const hopByHop = namedByConnection(recorded)
  const kept = recorded.filter(([name, value]) => {
    const lower = name.toLowerCase()
    if (overridden.has(lower) || notSent.has(lower) || hopByHop.has(lower) || holdsToken(value)) return false
    return !(options.bothArms && conditional.has(lower))
  })
  const headers = new Map<string, string[]>()
  for (const [name, value] of [...kept, ...options.headers]) {
    const lower = name.toLowerCase()
    headers.set(lower, [...(headers.get(lower) ?? []), lower === 'accept-encoding' ? 'gzip, deflate, br' : value])
  }
  return Object.fromEntries([...headers].map(([name, values]) => [name, asOne(name, values)]))
}

/** Cookies are joined with a semicolon, one Host or Content-Type is enough, the rest may repeat. */
function asOne(name: string, values: readonly string[]): string | string[] {
  const [first = ''] = values
  if (values.length === 1 || name === 'host' || name === 'content-type' || name === 'accept-encoding') return first
  return name === 'cookie' ? values.join('; ') : [...values]
}

function namedByConnection(headers: readonly HeaderPair[]): ReadonlySet<string> {
  const named = headers.filter(([name]) => name.toLowerCase() === 'connection').map(([, value]) => value)
  return new Set(
    named
      .join(',')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}
