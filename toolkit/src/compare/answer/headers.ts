import type { Findings } from '../body/findings.ts'
import type { Answer } from './answer.ts'

/** How each header that counts is brought to the form in which it is compared. The others are not compared. */
const comparedHeaders: ReadonlyMap<string, (values: readonly string[]) => string> = new Map([
  ['content-type', contentType],
  ['location', (values) => values.join(', ').trim()],
  ['cache-control', tokenList],
  ['content-language', tokenList],
  ['www-authenticate', challenges],
  ['set-cookie', cookies],
])

/** Reports the headers that differ: those that change what a client does with an answer. */
export function compareHeaders(legacy: Answer, service: Answer, findings: Findings): void {
  for (const [name, formOf] of comparedHeaders) {
    const a = legacy.headers.get(name)
    const b = service.headers.get(name)
    const formA = a === undefined ? undefined : formOf(a)
    const formB = b === undefined ? undefined : formOf(b)
    if (formA !== formB) findings.add('header', `header:${name}`, { legacy: formA, service: formB })
  }
}

/** Media type and charset; other parameters (a multipart boundary) say nothing of the content (RFC 9110, 8.3.1). */
function contentType(values: readonly string[]): string {
  const [mediaType = '', ...parameters] = values
    .join(', ')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim().replaceAll('"', ''))
  const charset = parameters.map((part) => part.replace(/\s*=\s*/, '=')).find((part) => part.startsWith('charset='))
  return charset === undefined ? mediaType : `${mediaType}; ${charset}`
}

/** A comma list in which neither order nor case counts. */
function tokenList(values: readonly string[]): string {
  const tokens = values.join(',').toLowerCase().split(',')
  return tokens
    .map((token) => token.trim())
    .filter((token) => token !== '')
    .sort()
    .join(', ')
}

/** Challenges without what is new each time (RFC 7616, section 3.3). */
function challenges(values: readonly string[]): string {
  return values
    .map((value) => value.trim().replace(/\b(nonce|opaque)\s*=\s*("[^"]*"|[^\s,]*)/gi, '$1'))
    .sort()
    .join(', ')
}

/** Names and attributes; values are secrets that differ each time. */
function cookies(values: readonly string[]): string {
  return values.map(cookie).sort().join(', ')
}

function cookie(text: string): string {
  const [pair = '', ...attributes] = text.split(';')
  const name = pair.split('=')[0]?.trim() ?? ''
  const forms = attributes.map((attribute) => cookieAttribute(attribute.trim())).filter((form) => form !== '')
  return [name, ...forms.sort()].join('; ')
}

/** An expiry date moves with the clock: it counts only whether it deletes the cookie. */
function cookieAttribute(text: string): string {
  const lower = text.toLowerCase()
  if (!lower.startsWith('expires=')) return lower
  return /\b(1970|1969)\b/.test(lower) ? 'expires in the past' : 'expires'
}
