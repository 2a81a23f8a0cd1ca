import { createHash } from 'node:crypto'
import type { RouteRequest, RouteTable } from '@banyan/toolkit/routing'
import { cookieOf, edgeCookie, setEdgeCookie } from './caller-cookie.ts'
import { randomHex } from './identifiers.ts'

/** Who sends a request, as far as it can be told; `id` is a one-way token, never the key or the session itself. */
export interface Caller {
  readonly id: string | undefined
  readonly by: 'header' | 'edge-cookie' | 'session' | 'nothing'
}

const nobody: Caller = { id: undefined, by: 'nothing' }

/**
 * Tells a caller by the header that the route table names (an API key), else by the edge's own cookie, else by
 * the session cookie that the route table names. See docs/decisions/0002-who-is-a-caller.md.
 */
export function callerOf(request: RouteRequest, rule: RouteTable['caller']): Caller {
  const key = rule.header === undefined ? undefined : request.header(rule.header)
  if (key) return { id: tokenOf('header', key), by: 'header' }
  const cookies = request.header('cookie')
  const own = cookieOf(cookies, edgeCookie)
  if (own !== undefined && /^[A-Za-z0-9_-]{22}$/.test(own)) return { id: own, by: 'edge-cookie' }
  const session = rule.cookie === undefined ? undefined : cookieOf(cookies, rule.cookie)
  return session === undefined ? nobody : { id: tokenOf('session', session), by: 'session' }
}

/**
 * The `Set-Cookie` that a share's decision brings: the id that the session gave, so that a new session after
 * log-in changes nothing; a fresh one for who could not be told apart; none for API clients and known browsers.
 */
export function cookieFor(caller: Caller): string | undefined {
  switch (caller.by) {
    case 'header':
    case 'edge-cookie':
      return undefined
    case 'session':
      return setEdgeCookie(caller.id ?? freshId())
    case 'nothing':
      return setEdgeCookie(freshId())
  }
}

function tokenOf(kind: 'header' | 'session', secret: string): string {
  return createHash('sha256').update(`banyan caller ${kind}\0${secret}`).digest('base64url').slice(0, 22)
}

function freshId(): string {
  return Buffer.from(randomHex(16), 'hex').toString('base64url')
}
