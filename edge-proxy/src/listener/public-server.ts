import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { EdgeParts } from '../edge-parts.ts'
import { handle } from '../handle.ts'
import { newRequestId } from '../request/identifiers.ts'
import { answerProblem } from '../request/problem-answer.ts'
import { ambiguous } from '../request/refusal.ts'
import { refuseConnection } from './refuse-connection.ts'

/** How long a client may take, in ms: for its header, for the whole request, and between two requests. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 300_000, keepAliveTimeout: 65_000 }

/** Builds the listener that the world talks to: node:http in its strict mode, with bounds on slow and large clients. */
export function buildPublicServer(edge: EdgeParts): Server {
  const server = createServer({
    ...timeouts,
    connectionsCheckingInterval: 2_000,
    insecureHTTPParser: false,
    // The edge says itself what is wrong with a missing Host.
    requireHostHeader: false,
    maxHeaderSize: 16_384,
  })
  // Above a limit Node drops header lines silently, and with them framing (CVE-2026-58044): the edge counts itself.
  server.maxHeadersCount = 0
  const serve = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    handle({ request, response, expectsContinue }, edge).catch((error: unknown) => failed(error, response, edge))
  }
  server.on('request', (request, response) => serve(request, response, false))
  server.on('checkContinue', (request, response) => serve(request, response, true))
  server.on('checkExpectation', (_request, response) => {
    answerProblem(
      response,
      { ...ambiguous('expectation-unknown', 'only 100-continue is known'), status: 417, title: 'Expectation Failed' },
      newRequestId(),
    )
  })
  server.on('clientError', (error, socket) => {
    const refused = refuseConnection(error, socket as Socket, edge.inFlight)
    if (refused !== undefined) edge.stats.refused(refused.code)
  })
  return server
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
