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

/** Makes tokens with one key, of 16 bytes at least to be of use. */
export function buildTokenizer(key: Buffer): Tokenizer {
  const token = (value: string) => {
    if (value === '' || onlyToken.test(value)) return value
    return `~tok_${createHmac('sha256', key).update(value).digest('hex').slice(0, 12)}`
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
