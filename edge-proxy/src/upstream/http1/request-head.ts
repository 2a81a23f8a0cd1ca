import { isToken, judgedOnce } from '../judged-names.ts'
import type { UpstreamRequest } from '../sender.ts'
import type { BodyFraming } from './answer-head.ts'

const notInTarget = /[^\x21-\x7e\x80-\xff]/
const notInValue = /[^\t\x20-\x7e\x80-\xff]/
const tokens = judgedOnce(isToken)

/** A request's head as it is sent, in latin1, and how its body is framed. */
export interface RequestHead {
  readonly text: string
  /** `until-close` does not occur in a request; a request that says nothing has no body: 0. */
  readonly framing: BodyFraming
}

/**
 * The head of a request (RFC 9112, section 3). What stands there was read strictly; it is looked at once more, for
 * whatever could end a line here would begin a second request. Throws then.
 */
export function requestHead({ method, target, headers }: UpstreamRequest): RequestHead {
  if (!isToken(method) || notInTarget.test(target)) throw new Error('a request line that cannot be sent')
  let text = `${method} ${target} HTTP/1.1\r\n`
  let framing: BodyFraming = 0
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? ''
    const value = headers[at + 1] ?? ''
    if (!tokens.of(name) || notInValue.test(value)) throw new Error('a header line that cannot be sent')
    if (name.length === 14 && name.toLowerCase() === 'content-length') framing = Number(value)
    else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') framing = 'chunked'
    text += `${name}: ${value}\r\n`
  }
  return { text: `${text}\r\n`, framing }
}

/** Trailer lines as they end a chunked body, the empty line included. Throws as `requestHead` does. */
export function trailerText(trailers: readonly string[]): string {
  let text = ''
  for (let at = 0; at < trailers.length; at += 2) {
    const name = trailers[at] ?? ''
    const value = trailers[at + 1] ?? ''
    if (!tokens.of(name) || notInValue.test(value)) throw new Error('a trailer line that cannot be sent')
    text += `${name}: ${value}\r\n`
  }
  return `${text}\r\n`
}
