import type { RequestLimits } from '@banyan/toolkit/routing'
import { cutUpload } from '../request/cut-upload.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Incoming } from '../request/incoming.ts'
import { bodyTooLarge } from './check-sizes.ts'

/**
 * Watches a body that does not say how long it is: beyond its route's limit the client is answered 413 and cut off, and so is the
 * upstream, which never sees the end of it. Call it when the body begins to be read, and not earlier.
 */
export function capBody(request: EdgeRequest, response: Incoming['response'], limits: RequestLimits): void {
  const { raw, framing } = request
  if (framing.kind !== 'chunked') return
  let bytes = 0
  raw.on('data', function count(chunk: Buffer) {
    bytes += chunk.length
    if (bytes <= limits.maxBodyBytes) return
    raw.off('data', count)
    cutUpload({ request: raw, response, expectsContinue: false }, bodyTooLarge(limits), request.id)
  })
}
