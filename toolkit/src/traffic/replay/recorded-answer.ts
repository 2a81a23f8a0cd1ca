import { createHash } from 'node:crypto'
import {
  type Answer,
  type CompareOptions,
  compareAnswers,
  headerMap,
  refusesCaller,
  type Verdict,
} from '../../compare/index.ts'
import type { Exchange, HeaderPair, StoredBody } from '../exchange.ts'
import { redactBody } from '../redact/redact-body.ts'
import { redactHeaders } from '../redact/redact-headers.ts'
import type { Token } from '../redact/redact-text.ts'
import { maskTokens } from '../redact/token.ts'

/** How a live answer is compared with a recorded one. */
export interface RecordedOptions extends CompareOptions {
  /** Of any key: tokens are made alike before they are compared. By the rules that the recording was redacted by. */
  readonly token: Token
}

/**
 * Compares the recorded answer with a live one. The recorded one was redacted, so the live one is redacted in the same
 * way and every token made alike: that a secret is there is compared, its value is not. The recorded answer takes the
 * legacy side of the differences. A live refusal of whom the recording saw let in says that credentials are missing.
 */
export function compareWithRecorded(exchange: Exchange, live: Answer, { token, ...options }: RecordedOptions): Verdict {
  const recorded = recordedAnswer(exchange)
  if (refusesCaller(recorded.status, live.status)) return { kind: 'not-comparable', why: 'refused' }
  const redacted = redactedAnswer(live, token, maskTokens)
  // The recorder digests what came, before anything of it is redacted.
  const asItCame = recorded.truncated && recorded.digest !== undefined ? { digest: digestOf(live) } : {}
  return compareAnswers(recorded, { ...redacted, ...asItCame }, options)
}

/** The recorded answer as a live one stands, its tokens made alike. */
export function recordedAnswer({ request, response }: Exchange): Answer {
  const { body } = response
  return {
    status: response.status,
    headers: headerMap(response.headers.map(([name, value]): HeaderPair => [name, maskTokens(value)])),
    body: request.method === 'HEAD' ? Buffer.alloc(0) : bytesOf(body, maskTokens),
    truncated: body?.truncated === true,
    ...(body?.digest === undefined ? {} : { digest: body.digest }),
  }
}

function digestOf({ body, digest, truncated }: Answer): string | undefined {
  return truncated ? digest : `sha256:${createHash('sha256').update(body).digest('hex')}`
}

function bytesOf(body: StoredBody | undefined, change: (text: string) => string): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  return body.encoding === 'base64' ? Buffer.from(body.data, 'base64') : Buffer.from(change(body.data))
}

/** A live answer without its secrets. Its body is decoded already, so its coding must not be undone again. */
export function redactedAnswer(live: Answer, by: Token, change: (text: string) => string = (text) => text): Answer {
  const wire = [...live.headers].flatMap(([name, values]) => values.map((value): HeaderPair => [name, value]))
  const headers = redactHeaders(wire, by).map(([name, value]): HeaderPair => [name, change(value)])
  const decoded = wire.filter(([name]) => name !== 'content-encoding')
  const body = redactBody(
    { headers: decoded, body: { kept: live.body, bytes: live.body.length } },
    live.body.length,
    by,
  )
  const notText = body?.truncated === true
  return { ...live, headers: headerMap(headers), body: notText ? live.body : bytesOf(body, change) }
}
