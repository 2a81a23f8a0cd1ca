import type { Difference } from '../../compare/index.ts'
import type { Exchange, HeaderPair } from '../exchange.ts'
import { type BodyInTheRaw, redactAnswerBody, redactBody } from './redact-body.ts'
import { redactHeaders } from './redact-headers.ts'
import { redactJson } from './redact-json.ts'
import { redactText, secretsOf, type Token } from './redact-text.ts'
import { redactTarget } from './redact-url.ts'
import { buildSecrets, type RedactionRules } from './rules.ts'
import { buildTokenizer } from './token.ts'

/** An exchange as it passed by, with every secret in it: lives in memory only. */
export interface RawExchange extends Omit<Exchange, 'request' | 'response'> {
  /** Who sent the request, in the clear; stored as a token. */
  readonly caller: string | undefined
  readonly request: {
    readonly method: string
    readonly target: string
    readonly headers: readonly HeaderPair[]
    readonly body: BodyInTheRaw | undefined
  }
  readonly response: {
    readonly status: number
    readonly headers: readonly HeaderPair[]
    readonly body: BodyInTheRaw | undefined
  }
}

/** How a redactor works. */
export interface RedactorOptions {
  /** The secret behind the tokens: 32 random bytes, kept out of the recording. */
  readonly key: Buffer
  /** How much of a body is stored. Default 65 536. */
  readonly maxBodyBytes?: number
  /** Beside the defaults. */
  readonly rules?: RedactionRules
  /** Told of each value that becomes a token, each time: for a vault. */
  readonly onToken?: (token: string, value: string) => void
}

/** Redacts exchanges; the same value gives the same token as long as the key is the same. */
export interface Redact {
  (raw: RawExchange): Exchange
  /** A keyed token for one value: a caller, a cookie. */
  token(value: string): string
  /** A request target as it may be shown and stored. */
  target(target: string): string
  /** A difference whose values may be shown and stored: for tallies of live answers. */
  difference(difference: Difference): Difference
  /** Names the key; goes into the recording's header. */
  readonly keyId: string
}

/**
 * Builds the one door through which an exchange becomes something that may be stored (law 8). Replaced are:
 * credentials, cookies and secret headers, fields with secret names in JSON, forms and queries, and card numbers,
 * JSON Web Tokens and URL passwords wherever they stand. Bodies that are neither text nor JSON keep their size only.
 *
 * @example
 * const redact = buildRedactor({ key: randomBytes(32) })
 * await sink.write(redact(raw))
 */
export function buildRedactor({ key, maxBodyBytes = 65_536, rules = {}, onToken }: RedactorOptions): Redact {
  const { token: made, keyId } = buildTokenizer(key)
  const token: Token = Object.assign(onToken === undefined ? made : telling(made, onToken), {
    secrets: buildSecrets(rules),
  })
  const redact = (raw: RawExchange): Exchange => ({
    ...raw,
    caller: raw.caller === undefined ? undefined : token(raw.caller),
    request: {
      method: raw.request.method,
      target: redactTarget(raw.request.target, token),
      headers: redactHeaders(raw.request.headers, token),
      body: redactBody(raw.request, maxBodyBytes, token),
    },
    response: {
      status: raw.response.status,
      headers: redactHeaders(raw.response.headers, token),
      body: redactAnswerBody(raw.response, maxBodyBytes, token),
    },
  })
  const difference = (found: Difference) => redactDifference(found, token)
  return Object.assign(redact, { token, target: (target: string) => redactTarget(target, token), difference, keyId })
}

function telling(made: (value: string) => string, onToken: (token: string, value: string) => void) {
  return (value: string) => {
    const token = made(value)
    if (token !== value) onToken(token, value)
    return token
  }
}

function redactDifference(difference: Difference, token: Token): Difference {
  const { isSecretName } = secretsOf(token)
  const secret = difference.path.split(/[.[\]"]+/).some((part) => part !== '' && isSecretName(part))
  const redacted = (value: Difference['legacy']): Difference['legacy'] => {
    if (value === undefined || value === null || typeof value === 'boolean') return value
    if (secret) return token(typeof value === 'string' ? value : JSON.stringify(value))
    if (typeof value === 'string') return redactText(value, token)
    return JSON.parse(redactJson(JSON.stringify(value), token))
  }
  return { ...difference, legacy: redacted(difference.legacy), service: redacted(difference.service) }
}
