import { type HeaderLine, valuesOf } from '../test/strict-wire/message-head.ts'
import type { WireRequest } from '../test/strict-wire/read-requests.ts'

/** What the edge sets or may leave out; all other lines are the client's own. */
const edgeSets =
  /^(host|connection|content-length|transfer-encoding|x-forwarded-(for|proto|host)|forwarded|via|x-request-id|traceparent|tracestate)$/i
const edgeOwns = /^(x[-_](user|authenticated|auth[-_]request|banyan)([-_]|$)|x[-_]forwarded[-_]|x[-_]real[-_]ip)/i

/** Whether a request upstream is the one that a client sent: method, path as matched, query, body, and no line more. */
export function isSent(sent: WireRequest, arrived: WireRequest): boolean {
  if (sent.method !== arrived.method || sent.body !== arrived.body) return false
  if (plainTarget(sent.target) !== arrived.target) return false
  const own = withOneCookie(sent.headers)
  return arrived.headers.every(
    ([name, value]) =>
      edgeSets.test(name) ||
      (!edgeOwns.test(name) &&
        own.some(([other, text]) => other.toLowerCase() === name.toLowerCase() && text === value)),
  )
}

/** Lines of cookies go on as one. */
function withOneCookie(headers: readonly HeaderLine[]): readonly HeaderLine[] {
  const cookies = valuesOf(headers, 'cookie').join('; ')
  return [...headers.filter(([name]) => name.toLowerCase() !== 'cookie'), ['Cookie', cookies]]
}

/** A target as RFC 3986, section 6.2.2, normalizes its path; the query stays. */
function plainTarget(target: string): string {
  const origin = target.replace(/^http:\/\/[^/?#]*/i, '')
  const at = origin.indexOf('?')
  const path = at < 0 ? origin : origin.slice(0, at)
  const plain = path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase()
  })
  return `${plain.startsWith('/') ? '' : '/'}${plain}${at < 0 ? '' : origin.slice(at)}`
}
