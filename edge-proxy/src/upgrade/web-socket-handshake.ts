import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Whether a request opens a WebSocket (RFC 6455, section 4.1): GET, no body, version 13 and a key of 16 bytes. */
export function isHandshake({ method, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false
  return headers['sec-websocket-version'] === '13' && /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')
}

/** Whether a 101 answers this very handshake (RFC 6455, section 4.2.2): any other may be a cached or planted one. */
export function isHandshakeAnswer(request: IncomingMessage, answer: IncomingMessage): boolean {
  const expected = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  return answer.headers.upgrade?.toLowerCase() === 'websocket' && answer.headers['sec-websocket-accept'] === expected
}
