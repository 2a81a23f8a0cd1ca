import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Server as TlsServer } from 'node:tls'
import type { EdgeLimits } from '@banyan/toolkit/routing'
import type { EdgeParts } from '../edge-parts.ts'
import { handle } from '../handle.ts'
import { newRequestId } from '../request/identifiers.ts'
import { answerProblem } from '../request/problem-answer.ts'
import { withoutUserInfo } from '../request/without-user-info.ts'
import type { Certificate } from './certificate.ts'
import { buildConnectionCaps } from './connection-caps.ts'
import { type Connections, trackConnections } from './connections.ts'
import { secureContext } from './follow-certificate.ts'
import { refuseAtTheDoor, refuseConnect, refuseConnection } from './refuse-connection.ts'
import { watchSlowClients } from './slow-clients.ts'

/** The listener that the world talks to. */
export interface PublicServer {
  readonly server: Server
  /** The same, where it speaks TLS. */
  readonly secure: TlsServer | undefined
  readonly connections: Connections
  /** How many connections are open. */
  open(): number
  /** Waits for clients as long as the limits say that are live now. */
  follow(limits: EdgeLimits): void
  /** Ends its watching; connections are the drain's. */
  close(): void
}

const serverOptions: ServerOptions = {
  // A whole request may take as long as it likes, if only its bytes keep coming: see slow-clients.ts.
  requestTimeout: 0,
  connectionsCheckingInterval: 2_000,
  insecureHTTPParser: false,
  // The edge says itself what is wrong with a missing Host.
  requireHostHeader: false,
  maxHeaderSize: 16_384,
}

/** Builds the public listener: node:http in its strict mode, with bounds on slow, large and many clients; with a certificate over TLS. */
export function buildPublicServer(edge: EdgeParts, certificate: Certificate | undefined): PublicServer {
  const secure = certificate && createTlsServer(tlsOptions(certificate))
  const server = secure ?? createServer(serverOptions)
  // Above a limit Node drops header lines silently, and with them framing (CVE-2026-58044): the edge counts itself.
  server.maxHeadersCount = 0
  const limits = () => edge.table().limits
  const caps = buildConnectionCaps(limits, edge.trusts)
  const connections = trackConnections(server, {
    caps,
    refuse: (socket, why) => {
      edge.stats.refused(why)
      refuseAtTheDoor(socket, { why, inFlight: edge.inFlight, overTls: certificate !== undefined })
    },
  })
  const slow = watchSlowClients({
    limits,
    requests: () => edge.inFlight.running().map(({ incoming }) => incoming),
    sockets: connections.speaking,
    cut: (refusal) => edge.stats.refused(refusal.code),
  })
  const follow = ({ headerTimeMs, keepAliveMs }: EdgeLimits) => {
    server.headersTimeout = headerTimeMs
    server.keepAliveTimeout = keepAliveMs
  }
  follow(limits())
  listenForRequests(server, edge)
  return { server, secure, connections, open: caps.open, follow, close: slow.close }
}

function tlsOptions(certificate: Certificate) {
  return { ...serverOptions, ...secureContext(certificate), ALPNProtocols: ['http/1.1'], handshakeTimeout: 10_000 }
}

function listenForRequests(server: Server, edge: EdgeParts): void {
  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    edge.inFlight.line(request.socket).answer = response
    const incoming = { request, response, expectsContinue }
    handle(incoming, edge).catch((error: unknown) => failed(error, response, edge))
  }
  server.on('request', (request, response) => serve(request, response, false))
  server.on('checkContinue', (request, response) => serve(request, response, true))
  server.on('checkExpectation', (request, response) => serve(request, response, false))
  server.on('connect', ({ url = '' }, stream) => {
    const socket = stream as Socket
    const id = newRequestId()
    const refusal = refuseConnect(socket, edge.inFlight, id)
    if (refusal === undefined) return
    edge.stats.refused(refusal.code)
    edge.log.refused(id, refusal, { method: 'CONNECT', target: withoutUserInfo(url), peer: socket.remoteAddress })
  })
  server.on('clientError', (error, stream) => {
    const socket = stream as Socket
    const { remoteAddress: peer } = socket
    const id = newRequestId()
    const refused = refuseConnection(error, { socket, inFlight: edge.inFlight, requestId: id })
    if (refused === undefined) return
    edge.stats.refused(refused.code)
    edge.log.refused(id, refused, { peer })
  })
}

/** A mistake of ours: the client gets a plain 500, the log the cause. */
function failed(error: unknown, response: ServerResponse, edge: EdgeParts): void {
  edge.log.messages.error({ err: error }, 'request failed inside the edge')
  const detail = 'the edge failed; the cause is in its log'
  answerProblem(
    response,
    { status: 500, code: 'unexpected', title: 'Internal Server Error', detail, close: true },
    newRequestId(),
  )
  edge.stats.refused('unexpected')
}
