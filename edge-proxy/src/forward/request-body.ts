import type { Readable } from 'node:stream'
import { capBody } from '../limits/cap-body.ts'
import { limitsOf } from '../limits/check-sizes.ts'
import type { Passage } from '../passage/passage.ts'

/** The body of a request that is sent on, undefined where it has none. Nothing of it is read before an upstream takes it. */
export function requestBody(passage: Passage): Readable | undefined {
  return hasBody(passage) ? passage.request.raw : undefined
}

/**
 * Called when an upstream is about to take the body. Only now is a client asked for it that waits to be asked: it need
 * not send what nobody takes (RFC 9110, section 10.1.1). The copy that somebody wants of it is made in passing.
 */
export function bodyWanted({ request, response, requestCopy, expectsContinue, matched, table }: Passage): void {
  capBody(request, response, limitsOf(matched, table))
  if (expectsContinue) response.writeContinue()
  if (requestCopy !== undefined) request.raw.on('data', requestCopy.add)
}

/** Whether all of a write has come, so that its upstream may be executing it whoever waits for the answer. */
export function isWholeWrite(passage: Passage): boolean {
  return passage.writesTo !== undefined && (!hasBody(passage) || passage.request.raw.readableEnded)
}

function hasBody({ request: { framing } }: Passage): boolean {
  return framing.kind === 'chunked' || (framing.kind === 'length' && framing.bytes > 0)
}
