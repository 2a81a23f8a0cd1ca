import type { Socket } from 'node:net'
import { systemCodeOf } from '@banyan/toolkit/base'
import type { ConnectionLine, InFlight } from '../passage/in-flight.ts'
import { newRequestId } from '../request/identifiers.ts'
import { problemBytes } from '../request/problem-answer.ts'
import { ambiguous, methodRefused, type Refusal } from '../request/refusal.ts'
import type { CapReached } from './connection-caps.ts'
import { whyNoRequest } from './why-no-request.ts'

/** What is known of a connection whose bytes are no request. */
export interface BrokenConnection {
  readonly socket: Socket
  readonly inFlight: InFlight
  /** That its answer goes by. */
  readonly requestId: string
}

/**
 * Ends a connection whose bytes are no request: answers with a problem document when nothing else is being
 * answered on it, for a second writer would give the first one's client a mixed answer; else after what is being answered.
 * Returns what was refused.
 */
export function refuseConnection(error: Error, { socket, inFlight, requestId }: BrokenConnection): Refusal | undefined {
  // Refused already: what follows is not even read, and the refusal ends the connection once it is its turn.
  if (!inFlight.takesMore(socket)) {
    if (!inFlight.isBusy(socket)) socket.destroySoon()
    return undefined
  }
  const refusal = isUnused(socket, error) ? undefined : refusalOf(error)
  const broken = { socket, line: inFlight.line(socket) }
  if (refusal === undefined || !socket.writable) socket.destroy()
  else if (isAnswered(broken)) endAfterAnswers(broken)
  else {
    const method = broken.line.length > 0 ? broken.line.answer?.req.method : undefined
    socket.end(problemBytes(refusal, requestId, method), () => socket.destroy())
    return refusal
  }
  return undefined
}

/** Nothing was sent on it, for as long as a header may take: a browser connects ahead of its requests. */
function isUnused({ bytesRead }: Socket, error: Error): boolean {
  return bytesRead === 0 && systemCodeOf(error) === 'ERR_HTTP_REQUEST_TIMEOUT'
}

interface Broken {
  readonly socket: Socket
  readonly line: ConnectionLine
}

/** What was read whole before the bytes that are no request is still answered, and then the connection ends. */
function endAfterAnswers({ socket, line: { answer } }: Broken): void {
  if (answer === undefined || !answer.req.complete || answer.writableFinished) return void socket.destroy()
  if (answer.shouldKeepAlive) answer.once('finish', () => socket.destroySoon())
  answer.shouldKeepAlive = false
}

/** Ends a connection that asks for a tunnel (CONNECT): an edge is nobody's way out. Undefined where another answer is on its way on it. */
export function refuseConnect(socket: Socket, inFlight: InFlight, requestId: string): Refusal | undefined {
  socket.on('error', () => socket.destroy())
  if (inFlight.isBusy(socket) || !inFlight.takesMore(socket)) {
    socket.destroy()
    return undefined
  }
  socket.end(problemBytes(connectRefused, requestId), () => socket.destroy())
  return connectRefused
}

const connectRefused = methodRefused('CONNECT')

/** Who comes to the door of an edge that is full. */
export interface AtTheDoor {
  readonly why: CapReached
  readonly inFlight: InFlight
  readonly overTls: boolean
}

/**
 * Ends a connection that is one too many; whatever was sent on it is not looked at. In TLS nobody can be told without a handshake, which costs more
 * than all that the refusal is to spare.
 */
export function refuseAtTheDoor(socket: Socket, { why, inFlight, overTls }: AtTheDoor): void {
  inFlight.refuseMore(socket)
  socket.on('error', () => socket.destroy())
  if (overTls) return void socket.destroy()
  const refusal = { status: 503, code: why, title: 'Service Unavailable', close: true, retryAfterSeconds: 1 }
  const bytes = problemBytes({ ...refusal, detail: 'too many connections are open' }, newRequestId())
  socket.end(bytes, () => socket.destroy())
}

/** Another's answer may be on its way; that of the very request whose body is broken is not, unless it has begun. */
function isAnswered({ line: { length, answer } }: Broken): boolean {
  const itself = length === 1 && answer?.headersSent === false && !answer.req.complete
  return length > 0 && !itself
}

function refusalOf(error: Error): Refusal | undefined {
  const code = systemCodeOf(error)
  const invalid = ambiguous('request-invalid', whyNoRequest(error))
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
