import type { ServerResponse } from 'node:http'
import type { EdgeParts } from './edge-parts.ts'
import { forward } from './forward/forward.ts'
import { awaitTurn, type Turn } from './hold/await-turn.ts'
import { type Arrived, choosePassage } from './passage/choose-passage.ts'
import type { Passage } from './passage/passage.ts'
import { type TakenRoute, takeRoute } from './passage/take-route.ts'
import { readRequest } from './request/edge-request.ts'
import { newRequestId } from './request/identifiers.ts'
import type { Incoming } from './request/incoming.ts'
import { answerProblem } from './request/problem-answer.ts'
import type { Refusal } from './request/refusal.ts'
import { settle } from './settle/settle.ts'

/**
 * Serves one request: reads it, waits where a cutover holds it, decides by one route table, forwards; then counts, logs,
 * records and shadows.
 */
export async function handle(incoming: Incoming, edge: EdgeParts): Promise<void> {
  // Pipelined behind a refused request: its connection is about to end, and the two may be one attack.
  if (!edge.inFlight.takesMore(incoming.request.socket)) return
  const reading = readRequest(incoming.request)
  if (reading.kind === 'refused') return refuse(incoming, reading.refusal, edge)
  if (reading.kind === 'server-wide') return answerServerWide(incoming.response)
  const { request } = reading
  const done = edge.inFlight.begin(request, incoming.request.socket)
  try {
    const route = takeRoute(request, edge)
    if (route.writesTo === undefined)
      return await serve(choosePassage(route, { request, incoming, heldMs: undefined }, edge), edge)
    await write(route, { request, incoming, heldMs: undefined }, edge)
  } finally {
    done()
  }
}

/** A write waits where its capability is held; nothing is awaited between the decision where it goes and its count. */
async function write(first: TakenRoute, arrived: Arrived, edge: EdgeParts): Promise<void> {
  let turn: Turn = { route: first, heldMs: undefined }
  if (first.writesTo !== undefined && edge.holds.of(first.writesTo) !== undefined) {
    const later = await awaitTurn(arrived.request, arrived.incoming, edge)
    if (later === undefined) return
    turn = later
  }
  const { route, heldMs } = turn
  const counted = route.writesTo === undefined ? undefined : edge.writes.begin(route.writesTo)
  try {
    await serve(choosePassage(route, { ...arrived, heldMs }, edge), edge)
  } finally {
    counted?.end()
  }
}

async function serve(passage: Passage, edge: EdgeParts): Promise<void> {
  const outcome = await forward(passage, edge)
  settle(passage, outcome, edge)
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
