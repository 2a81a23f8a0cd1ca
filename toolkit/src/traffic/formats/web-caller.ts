import { createHash } from 'node:crypto'
import type { HeaderPair } from '../exchange.ts'
import { headerValue } from './http-message.ts'

/** How callers are told apart in files that do not say who sent a request. */
export interface CallerOptions {
  /** The cookie that holds a session, as in the route table. Default: the first whose name looks like one. */
  readonly callerCookie?: string
}

const looksLikeASession = /sess|(^|[._-])sid$|^sid/i

/** Who sent a request: its credentials, else its session's cookie; undefined where it has neither. */
export function callerOf(headers: readonly HeaderPair[], { callerCookie }: CallerOptions): string | undefined {
  const credentials = headerValue(headers, 'authorization')
  if (credentials !== undefined) return nameOf(credentials)
  const pairs = headers.filter(([name]) => name.toLowerCase() === 'cookie').flatMap(([, value]) => value.split(';'))
  for (const pair of pairs) {
    const [name = '', ...value] = pair.trim().split('=')
    const isSession = callerCookie === undefined ? looksLikeASession.test(name) : name === callerCookie
    if (isSession && value.length > 0) return nameOf(value.join('='))
  }
  return undefined
}

/** Short, and no secret any more: callers are counted and compared, never sent. */
function nameOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 22)
}
