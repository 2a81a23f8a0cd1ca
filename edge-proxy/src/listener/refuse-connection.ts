import type { Socket } from 'node:net'
import { systemCodeOf } from '@banyan/toolkit/base'
import type { InFlight } from '../passage/in-flight.ts'
import { newRequestId } from '../request/identifiers.ts'
import { problemBytes } from '../request/problem-answer.ts'
import { ambiguous, type Refusal } from '../request/refusal.ts'

/**
 * Ends a connection whose bytes are no request: answers with a problem document when nothing else is being
 * answered on it, for a second writer would give the first one's client a mixed answer. Returns what was refused.
 */
export function refuseConnection(error: Error, socket: Socket, inFlight: InFlight): Refusal | undefined {
  // Refused already, and answered: what follows on this connection is not even read.
  if (!inFlight.takesMore(socket)) {
    socket.destroySoon()
    return undefined
  }
  const refusal = refusalOf(error)
  if (refusal === undefined || !socket.writable || inFlight.isBusy(socket)) {
    socket.destroy()
    return undefined
  }
  socket.end(problemBytes(refusal, newRequestId()), () => socket.destroy())
  return refusal
}

function refusalOf(error: Error): Refusal | undefined {
  const code = systemCodeOf(error)
  const invalid = ambiguous('request-invalid', 'this is no HTTP/1.1 request')
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined
    case 'HPE_HEADER_OVERFLOW':
      return {
        ...invalid,
        status: 431,
        code: 'headers-too-large',
        title: 'Request Header Fields Too Large',
        detail: 'the header is larger than 16 KiB',
      }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return {
        ...invalid,
        status: 413,
        code: 'chunk-extensions',
        title: 'Content Too Large',
        detail: 'too many chunk extensions',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        ...invalid,
        status: 408,
        code: 'request-timeout',
        title: 'Request Timeout',
        detail: 'the request did not arrive in time',
      }
    default:
      return invalid
  }
}
