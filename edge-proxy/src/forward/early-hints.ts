import type { ServerResponse } from 'node:http'
import { valuesOf } from './header-lines.ts'

/** Passes on the links of a 103 Early Hints (RFC 8297), which the client may fetch while it waits; nothing else of it. */
export function passEarlyHints(response: ServerResponse, headers: readonly string[]): void {
  const link = valuesOf(headers, 'link')
  if (link === undefined || response.headersSent || response.closed || response.req.httpVersionMinor === 0) return
  try {
    response.writeEarlyHints({ link })
  } catch {
    // Node refuses what it does not take for a link. A hint may be left out: the answer says all of it again.
  }
}
