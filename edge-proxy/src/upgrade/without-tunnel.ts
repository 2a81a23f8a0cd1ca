import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { EdgeParts } from '../edge-parts.ts'
import { handle } from '../handle.ts'
import { newRequestId } from '../request/identifiers.ts'
import { answerProblem, problemBytes } from '../request/problem-answer.ts'
import { ambiguous, type Refusal } from '../request/refusal.ts'
import { watchLeaving } from './watch-leaving.ts'

/** A request that asks to switch protocols, with the first bytes that follow it. */
export interface UpgradeRequest {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

/** `Upgrade: h2c` and the like are offers that a server may ignore (RFC 9110, section 7.8): answered as HTTP/1.1. */
export function servePlain(upgrade: UpgradeRequest, edge: EdgeParts): void {
  const { request, socket } = upgrade
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  const response = respondTo(upgrade)
  response.once('finish', () => socket.destroySoon())
  watchLeaving(socket)
  if (hasBody) {
    const refusal = ambiguous('upgrade-with-body', 'an upgrade request with a body')
    answerProblem(response, refusal, said(refusal, request.socket, edge))
    return
  }
  handle({ request, response, expectsContinue: false }, edge).catch((error: unknown) => failed(error, upgrade, edge))
}

/** A mistake of ours before a tunnel is open: its client gets a plain 500, the log the cause. */
export function failHandshake(error: unknown, { socket }: UpgradeRequest, edge: EdgeParts): void {
  edge.log.messages.error({ err: error }, 'handshake failed inside the edge')
  if (socket.writable) refuse(socket, unexpected, edge)
  else socket.destroy()
}

const unexpected: Refusal = {
  status: 500,
  code: 'unexpected',
  title: 'Internal Server Error',
  detail: 'the edge failed; the cause is in its log',
  close: true,
}

function failed(error: unknown, { socket }: UpgradeRequest, edge: EdgeParts): void {
  edge.log.messages.error({ err: error }, 'request failed inside the edge')
  socket.destroy()
}

/** The answer to a request that asks for an upgrade, as any other request's. */
export function respondTo({ request, socket }: UpgradeRequest): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  return response
}

/** A handshake is a GET: its refusal has a body. */
export function refuse(socket: Socket, refusal: Refusal, edge: EdgeParts): void {
  endWith(socket, problemBytes(refusal, said(refusal, socket, edge)))
}

/**
 * Writes the last bytes of a connection, and closes it. What its client has sent already is read away: unread, it would reset the
 * connection before the answer is there, and hide for ever that the client has gone.
 */
export function endWith(socket: Socket, bytes: string): void {
  socket.resume()
  socket.end(bytes, () => socket.destroy())
}

/** Counts and logs a refusal; returns the id that it goes by. */
function said(refusal: Refusal, socket: Socket, edge: EdgeParts): string {
  const id = newRequestId()
  edge.stats.refused(refusal.code)
  edge.log.refused(id, refusal, { peer: socket.remoteAddress })
  return id
}
