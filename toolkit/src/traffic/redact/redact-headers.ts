import type { HeaderPair } from '../exchange.ts'
import { isRandomLike } from './random-like.ts'
import { redactChallenge } from './redact-challenge.ts'
import { redactPatterns, redactText, secretsOf, type Token } from './redact-text.ts'
import { redactTarget } from './redact-url.ts'

/** Headers with their secrets replaced; names, order and what is no secret stay as they were. */
export function redactHeaders(headers: readonly HeaderPair[], token: Token): HeaderPair[] {
  const { clean } = secretsOf(token)
  return headers.map(([name, value]) => {
    if (clean.has(name, value)) return [name, value]
    const redacted = redactValue(name.toLowerCase(), value, token)
    if (redacted === value) clean.add(name, value)
    return [name, redacted]
  })
}

function redactValue(name: string, value: string, token: Token): string {
  switch (name) {
    case 'authorization':
    case 'proxy-authorization':
      return redactCredentials(value, token)
    case 'cookie':
      return value
        .split(';')
        .map((pair) => redactCookie(pair, token))
        .join(';')
    case 'set-cookie':
      return redactSetCookie(value, token)
    // A challenge names schemes and realms, which look like credentials and are none.
    case 'www-authenticate':
    case 'proxy-authenticate':
    case 'authentication-info':
    case 'proxy-authentication-info':
      return redactChallenge(value, token)
    case 'sec-websocket-protocol':
      return redactPatterns(value, token).replace(subprotocolPart, (part) => (isRandomLike(part) ? token(part) : part))
    default:
      if (secretsOf(token).isSecretHeader(name)) return token(value)
      return isUrlLike(value) ? redactTarget(value, token) : redactText(value, token)
  }
}

/** Browsers can set no other header on a WebSocket: tokens stand in it, alone or as the last part of a name. */
const subprotocolPart = /[^\s,.]{12,4096}/g

/** The scheme stays, what follows is secret (RFC 9110, section 11.4). */
function redactCredentials(value: string, token: Token): string {
  const space = value.indexOf(' ')
  return space < 0 ? token(value) : `${value.slice(0, space)} ${token(value.slice(space + 1).trim())}`
}

function redactCookie(pair: string, token: Token): string {
  const equals = pair.indexOf('=')
  const lead = pair.length - pair.trimStart().length
  if (equals < 0) return `${pair.slice(0, lead)}${token(pair.trim())}`
  if (secretsOf(token).keeps(pair.slice(lead, equals).trim())) return pair
  return `${pair.slice(0, equals + 1)}${token(pair.slice(equals + 1).trim())}`
}

const knownAttribute = /^\s*(path|domain|expires|max-age|secure|httponly|samesite|partitioned|priority)\s*(=|$)/i

/** Attributes stay, for they are compared; one that nobody knows could hold anything (RFC 6265, section 4.1). */
function redactSetCookie(value: string, token: Token): string {
  const [pair = '', ...attributes] = value.split(';')
  return [redactCookie(pair, token), ...attributes.map((text) => redactAttribute(text, token))].join(';')
}

function redactAttribute(text: string, token: Token): string {
  return knownAttribute.test(text) ? redactTarget(text, token) : redactCookie(text, token)
}

function isUrlLike(value: string): boolean {
  return /^(https?:\/\/|\/)\S*$/.test(value)
}
