import type { Exchange, StoredBody } from '../exchange.ts'
import { redactBody } from './redact-body.ts'
import { redactHeaders } from './redact-headers.ts'
import type { Token } from './redact-text.ts'
import { redactTarget } from './redact-url.ts'
import { buildSecrets, type RedactionRules } from './rules.ts'
import { holdsToken } from './token.ts'

/** Something in a recording that should perhaps not be there. */
export interface Finding {
  /** The exchange's id. */
  readonly exchange: string
  /** `request target`, `request body`, `answer header x-debug` ... */
  readonly place: string
  /** `secret`: redaction, as it is now, would replace it. `maybe`: it is long and looks random. */
  readonly kind: 'secret' | 'maybe'
  /** Its beginning and its length: never the whole. */
  readonly shown: string
}

/** Looks through exchanges that were stored. */
export type Scan = (exchange: Exchange) => readonly Finding[]

/**
 * Builds a scan by the rules that hold now: what was recorded before a rule was written, or by another tool, is found, and so
 * is what is long and random enough to be a key under a name that nobody thought of.
 */
export function buildScan(rules: RedactionRules = {}): Scan {
  const secrets = buildSecrets(rules)
  return (exchange) => {
    const findings: Finding[] = []
    for (const [place, text, redactAgain] of placesOf(exchange)) {
      const token: Token = Object.assign(
        (value: string) => {
          if (value !== '' && !holdsToken(value)) findings.push(finding(exchange, place, 'secret', value))
          return '~tok_000000000000'
        },
        { secrets },
      )
      const rest = redactAgain(token)
      if (!notRandom.test(place)) {
        for (const value of randomIn(rest ?? text)) findings.push(finding(exchange, place, 'maybe', value))
      }
    }
    return findings
  }
}

type Place = readonly [place: string, text: string, redactAgain: (token: Token) => string | undefined]

function* placesOf({ request, response }: Exchange): Generator<Place> {
  yield ['request target', request.target, (token) => redactTarget(request.target, token)]
  for (const [side, message] of [
    ['request', request],
    ['answer', response],
  ] as const) {
    for (const [name, value] of message.headers) {
      yield [
        `${side} header ${name.toLowerCase()}`,
        value,
        (token) => redactHeaders([[name, value]], token)[0]?.[1] ?? value,
      ]
    }
    const { body } = message
    if (body !== undefined && body.encoding === 'utf8' && body.data !== '') {
      yield [`${side} body`, body.data, (token) => redactedAgain(message.headers, body, token)]
    }
  }
}

/** Bodies are stored decoded. */
function redactedAgain(headers: Exchange['request']['headers'], body: StoredBody, token: Token): string | undefined {
  const kept = Buffer.from(body.data)
  const plain = headers.filter(([name]) => name.toLowerCase() !== 'content-encoding')
  return redactBody({ headers: plain, body: { kept, bytes: kept.length } }, kept.length, token)?.data
}

/** Where what is long and random is no secret: names of versions, of requests, of what may be loaded. */
const notRandom =
  /header (?:etag|if-none-match|if-match|x-request-id|x-correlation-id|x-trace-id|traceparent|tracestate|content-security-policy.*|integrity|digest|content-digest|sec-.*|user-agent)$/

const longWord = /[A-Za-z0-9+/_-]{32,200}={0,2}/g
const minBitsPerCharacter = 4.1

/** Long words of letters in both cases and digits, with the entropy (Shannon 1948) of something that was drawn, not written. */
function* randomIn(text: string): Generator<string> {
  for (const [word] of text.matchAll(longWord)) {
    if (!/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word) || /\/.*\/.*\//.test(word)) continue
    if (bitsPerCharacter(word) >= minBitsPerCharacter) yield word
  }
}

function bitsPerCharacter(word: string): number {
  const counts = new Map<string, number>()
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length)
  return bits
}

function finding({ id }: Exchange, place: string, kind: Finding['kind'], value: string): Finding {
  return { exchange: id, place, kind, shown: `${value.slice(0, 4)}... (${value.length} characters)` }
}
