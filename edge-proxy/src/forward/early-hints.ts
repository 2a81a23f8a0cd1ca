import type { Passage } from '../passage/passage.ts'
import { valuesOf } from './header-lines.ts'

type Exchange = Pick<Passage, 'request' | 'response'>

/**
 * Passes on the links of a 103 Early Hints (RFC 8297), which the client may fetch while it waits; nothing else of its flat `headers`.
 * Not through a trusted proxy: there are some that take a 103 for the answer (nginx before 1.29), and their clients would get none.
 */
export function passEarlyHints({ request, response }: Exchange, headers: readonly string[]): void {
  if (request.client.chain.length > 1) return
  const link = valuesOf(headers, 'link')
  if (link === undefined || response.headersSent || response.closed || response.req.httpVersionMinor === 0) return
  try {
    response.writeEarlyHints({ link })
  } catch {
    // Node refuses what it does not take for a link. A hint may be left out: the answer says all of it again.
  }
}
