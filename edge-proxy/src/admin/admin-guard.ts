import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Refusal } from '../request/refusal.ts'

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a call of the admin listener may pass: undefined, or why not. `Host` must be a loopback name, for a page
 * elsewhere may let its own name resolve to 127.0.0.1 (DNS rebinding); `Origin` must be the listener itself; the
 * token is compared as hashes, in constant time. `open` calls (health) need no token.
 */
export function guardAdmin(
  request: IncomingMessage,
  expected: { readonly token: string; readonly open: boolean },
): Refusal | undefined {
  const host = request.headers.host ?? ''
  if (!loopbackNames.has(host.replace(/:\d+$/, '').toLowerCase()))
    return forbidden('host-refused', 'Host is not a loopback name')
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${host}`) return forbidden('origin-refused', 'Origin is another site')
  if (expected.open || isToken(request.headers.authorization, expected.token)) return undefined
  return {
    status: 401,
    code: 'token-refused',
    title: 'Unauthorized',
    detail: 'send "Authorization: Bearer <token>"; the token is in the file admin-token of the state directory',
    close: true,
  }
}

function isToken(authorization: string | undefined, token: string): boolean {
  const [, sent] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? []
  return timingSafeEqual(digest(sent ?? ''), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function forbidden(code: string, detail: string): Refusal {
  return { status: 403, code, title: 'Forbidden', detail, close: true }
}
