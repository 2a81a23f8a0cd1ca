import type { EdgeRequest } from '../request/edge-request.ts'

/**
 * What a chunked body counts as, whose length nobody declares: as much of it as can arrive before back-pressure stops
 * the sender, for nobody reads it: 64 KiB in the stream of the request.
 */
const chunkedBytes = 64 * 1024

/** What a held request counts as: its head, and the body that its Content-Length declares. */
export function heldBytesOf({ raw, target, framing }: EdgeRequest): number {
  let head = target.length
  for (const text of raw.rawHeaders) head += text.length + 2
  switch (framing.kind) {
    case 'none':
      return head
    case 'length':
      return head + framing.bytes
    case 'chunked':
      return head + chunkedBytes
  }
}
