import type { Readable } from 'node:stream'
import type { Passage } from '../passage/passage.ts'

/** The body of a request that is sent on, undefined where it has none; the copy that somebody wants of it is made in passing. */
export function requestBody(passage: Passage): Readable | undefined {
  const { request, requestCopy } = passage
  if (!hasBody(passage)) return undefined
  if (requestCopy !== undefined) request.raw.on('data', requestCopy.add)
  return request.raw
}

/** Whether all of a write has come, so that its upstream may be executing it whoever waits for the answer. */
export function isWholeWrite(passage: Passage): boolean {
  return passage.writesTo !== undefined && (!hasBody(passage) || passage.request.raw.readableEnded)
}

function hasBody({ request: { framing } }: Passage): boolean {
  return framing.kind === 'chunked' || (framing.kind === 'length' && framing.bytes > 0)
}
