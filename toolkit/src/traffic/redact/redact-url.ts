import { isRandomLike } from './random-like.ts'
import { redactJson } from './redact-json.ts'
import { redactPatterns, redactText, secretsOf, type Token } from './redact-text.ts'
import { isSecretField } from './rules.ts'

const longEnoughForASecret = 16

/** A request target (path and query) or a URL with its secrets replaced; the rest keeps its bytes. */
export function redactTarget(target: string, token: Token): string {
  const [whole = '', ...fragment] = target.split('#')
  const mark = whole.indexOf('?')
  const path = redactPath(mark < 0 ? whole : whole.slice(0, mark), token)
  const start = mark < 0 ? path : `${path}?${redactForm(whole.slice(mark + 1), token)}`
  return [start, ...fragment.map((part) => redactForm(part, token))].join('#')
}

/** A code is exchanged for a token: as it comes back, and as it is sent on (RFC 6749, sections 4.1.2 and 4.1.3). */
const codeComesBack = /(?:^|&)(?:state|iss|session_state)=/
const codeIsSent = /(?:^|&)grant_type=/
const authorizationCode = /((?:^|&)code=)([^&]{12,})/

/** `application/x-www-form-urlencoded` fields, as a query or a body: `user%5Bpassword%5D=...`. */
export function redactForm(form: string, token: Token): string {
  const isFlow = form.includes('code=') && (codeComesBack.test(form) || codeIsSent.test(form))
  const withoutCode = isFlow
    ? form.replace(authorizationCode, (_all, name: string, code: string) => `${name}${token(decoded(code))}`)
    : form
  return withoutCode
    .split('&')
    .map((field) => redactField(field, token))
    .join('&')
}

function redactField(field: string, token: Token): string {
  const equals = field.indexOf('=')
  if (equals < 0) return redactEncoded(field, token)
  const name = field.slice(0, equals)
  const value = field.slice(equals + 1)
  if (isSecretField(decoded(name), secretsOf(token)) || isDrawn(name, decoded(value), token))
    return `${name}=${token(decoded(value))}`
  return `${redactEncoded(name, token)}=${redactEncoded(value, token)}`
}

/** `key=` of an API, `state=` and `nonce=` of a log-in elsewhere: names of much else, so the value has to look like one. */
function isDrawn(name: string, value: string, token: Token): boolean {
  return drawnNames.test(name) && isRandomLike(value) && !secretsOf(token).keeps(name)
}

const drawnNames = /^(?:key|state|\w{0,20}nonce)$/i

/** Percent-encoding hides what the patterns look for, so they look at the decoded value too. */
function redactEncoded(value: string, token: Token): string {
  const plain = decoded(value)
  const redacted = redactDecoded(plain, token)
  return redacted === plain ? redactPatterns(value, token) : encodeURIComponent(redacted)
}

function redactDecoded(plain: string, token: Token): string {
  if (/^\s*[[{]/.test(plain)) return redactJson(plain, token)
  return /[=:]/.test(plain) ? redactText(plain, token) : redactPatterns(plain, token)
}

/** What is done with a secret, between its name and itself: `/password/reset/5f3c...`. */
const doing: ReadonlySet<string> = new Set(
  'accept activate change confirm edit new recover redeem reset verify'.split(' '),
)

/** `name:secret@host` in a segment, and a long segment that follows a secret name: `/reset-token/5f3c...`. */
function redactPath(path: string, token: Token): string {
  const { isSecretName } = secretsOf(token)
  const segments = path.split('/')
  const isNamed = (at: number): boolean => {
    const name = decoded(segments[at] ?? '')
    return name !== '' && (isSecretName(name) || (doing.has(name) && isSecretName(decoded(segments[at - 1] ?? ''))))
  }
  const redacted = segments.map((segment, index) => {
    if (segment.length >= longEnoughForASecret && isNamed(index - 1)) return token(decoded(segment))
    return redactSegment(segment, token)
  })
  return redactPatterns(redacted.join('/'), token)
}

function redactSegment(segment: string, token: Token): string {
  const plain = decoded(segment)
  const at = plain.lastIndexOf('@')
  const colon = plain.indexOf(':')
  if (at > 0 && colon >= 0 && colon < at) {
    return `${encodeURIComponent(plain.slice(0, colon))}:${token(plain.slice(colon + 1, at))}@${encodeURIComponent(plain.slice(at + 1))}`
  }
  const [name, ...matrix] = segment.split(';')
  if (matrix.length > 0) return [name, ...matrix.map((part) => redactField(part, token))].join(';')
  return redactPatterns(plain, token) === plain ? segment : encodeURIComponent(redactPatterns(plain, token))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
