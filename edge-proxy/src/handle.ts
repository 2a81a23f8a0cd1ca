import type { ServerResponse } from 'node:http'
import type { EdgeParts } from './edge-parts.ts'
import { forward } from './forward/forward.ts'
import { choosePassage } from './passage/choose-passage.ts'
import { readRequest } from './request/edge-request.ts'
import { newRequestId } from './request/identifiers.ts'
import type { Incoming } from './request/incoming.ts'
import { answerProblem } from './request/problem-answer.ts'
import type { Refusal } from './request/refusal.ts'
import { settle } from './settle/settle.ts'

/** Serves one request: reads it, decides by one route table, forwards; then counts, logs, records and shadows. */
export async function handle(incoming: Incoming, edge: EdgeParts): Promise<void> {
  // Pipelined behind a refused request: its connection is about to end, and the two may be one attack.
  if (!edge.inFlight.takesMore(incoming.request.socket)) return
  const reading = readRequest(incoming.request)
  if (reading.kind === 'refused') return refuse(incoming, reading.refusal, edge)
  if (reading.kind === 'server-wide') return answerServerWide(incoming.response)
  const passage = choosePassage(reading.request, incoming, edge)
  const done = edge.inFlight.begin(reading.request, incoming.request.socket)
  try {
    const outcome = await forward(passage, edge)
    settle(passage, outcome, edge)
  } finally {
    done()
  }
}

function refuse({ request, response }: Incoming, refusal: Refusal, edge: EdgeParts): void {
  if (refusal.close) edge.inFlight.refuseMore(request.socket)
  const id = newRequestId()
  answerProblem(response, refusal, id)
  edge.stats.refused(refusal.code)
  edge.log.refused(id, refusal)
}

function answerServerWide(response: ServerResponse): void {
  response.writeHead(204, ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'])
  response.end()
}
