import { isUtf8 } from 'node:buffer'
import type { Answer } from '../../compare/index.ts'
import { isMedia, redactBody } from '../redact/redact-body.ts'
import type { Token } from '../redact/redact-text.ts'
import { redactedAnswer } from './recorded-answer.ts'

/**
 * A live answer as it may be kept and shown. Of a body that cannot be read only a token is left, equal for equal bodies: it
 * cannot be redacted, either (law 8).
 */
export function keptAnswer(live: Answer, token: Token): Answer {
  const readable = readableAnswer(live, token)
  if (readable !== undefined) return readable
  const body = Buffer.from(`not shown: ${live.body.length} bytes, ${token(live.body.toString('latin1'))}`)
  return { ...redactedAnswer(live, token), body }
}

/** A live answer without its secrets; undefined when its body cannot be read. Text that is no UTF-8 is read as Latin-1. */
export function readableAnswer(live: Answer, token: Token): Answer | undefined {
  const redacted = redactedAnswer(live, token)
  if (redacted.body !== live.body || live.body.length === 0) return redacted
  const headers = [...live.headers].flatMap(([name, values]) => values.map((value) => [name, value] as const))
  if (isMedia(headers)) return redacted
  const body = latinBody(live.body, headers, token)
  return body === undefined ? undefined : { ...redacted, body }
}

function latinBody(body: Buffer, headers: readonly (readonly [string, string])[], token: Token): Buffer | undefined {
  if (isUtf8(body) || body.includes(0)) return undefined
  const kept = Buffer.from(body.toString('latin1'))
  const decoded = headers.filter(([name]) => name !== 'content-encoding')
  const redacted = redactBody({ headers: decoded, body: { kept, bytes: kept.length } }, kept.length, token)
  return redacted === undefined || redacted.truncated ? undefined : Buffer.from(redacted.data, 'latin1')
}
