import { createHash, createHmac } from 'node:crypto'

/** Replaces secrets by tokens: the same value gives the same token, and nobody without the key can guess the value. */
export interface Tokenizer {
  /** `~tok_` and 12 hex digits of HMAC-SHA-256 (RFC 2104); a token stays what it is, an empty value stays empty. */
  token(value: string): string
  /** Names the key without revealing it: recordings with the same key id have comparable tokens. */
  readonly keyId: string
}

const tokenPattern = /~tok_[0-9a-f]{12}/
const onlyToken = /^~tok_[0-9a-f]{12}$/
const everyToken = /~tok_[0-9a-f]{12}/g

/** The same sessions come with every exchange. */
const maxKnown = 10_000
const maxKnownLength = 500

/** Makes tokens with one key, of 16 bytes at least to be of use. */
export function buildTokenizer(key: Buffer): Tokenizer {
  const known = new Map<string, string>()
  const token = (value: string) => {
    if (value === '') return value
    const before = known.get(value)
    if (before !== undefined) return before
    if (onlyToken.test(value)) return value
    const made = `~tok_${createHmac('sha256', key).update(value).digest('hex').slice(0, 12)}`
    if (known.size >= maxKnown) known.clear()
    if (value.length <= maxKnownLength) known.set(value, made)
    return made
  }
  return { token, keyId: createHash('sha256').update('banyan recording key').update(key).digest('hex').slice(0, 12) }
}

/** Whether a text holds a token: what was there is not known any more, and must not be sent. */
export function holdsToken(text: string): boolean {
  return tokenPattern.test(text)
}

/** The text with every token made alike, for comparing what two keys have redacted. */
export function maskTokens(text: string): string {
  return text.replace(everyToken, '~tok')
}
