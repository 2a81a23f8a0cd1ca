import type { ServerResponse } from 'node:http'
import type { EdgeParts } from './edge-parts.ts'
import { forward } from './forward/forward.ts'
import { awaitTurn, type Turn } from './hold/await-turn.ts'
import { identify } from './identity/identify.ts'
import type { RefusedAdmission } from './limits/limits.ts'
import { type Arrived, choosePassage } from './passage/choose-passage.ts'
import type { Passage } from './passage/passage.ts'
import { type TakenRoute, takeRoute } from './passage/take-route.ts'
import { type EdgeRequest, readRequest } from './request/edge-request.ts'
import { newRequestId } from './request/identifiers.ts'
import type { Incoming } from './request/incoming.ts'
import { answerProblem, answerUnread } from './request/problem-answer.ts'
import { forwardedMethods, type Refusal } from './request/refusal.ts'
import { stopReading } from './request/stop-reading.ts'
import { withoutUserInfo } from './request/without-user-info.ts'
import { settle } from './settle/settle.ts'

/** So many requests of one connection may be served or wait in line; a client that pipelines more gets no answer to those sooner. */
const maxInLine = 100

/**
 * Serves one request: reads it, waits where a cutover holds it, decides by one route table, forwards; then counts, logs,
 * records and shadows.
 */
export async function handle(incoming: Incoming, edge: EdgeParts): Promise<void> {
  // Pipelined behind a refused request: its connection is about to end, and the two may be one attack.
  // It is read no further, for each request that is only parsed costs more than its client paid for it.
  const { socket } = incoming.request
  const line = edge.inFlight.line(socket)
  if (!line.takesMore) return stopReading(socket)
  const reading = readRequest(incoming.request, edge.trusts)
  if (reading.kind === 'refused') return refuse(incoming, reading.refusal, edge)
  if (reading.kind === 'server-wide') return answerServerWide(incoming, edge)
  if (line.length >= maxInLine) return refuseInLine(incoming, edge)
  const before = line.length > 0 ? line.wait() : undefined
  const seat = edge.inFlight.begin({ request: reading.request, incoming }, line)
  const done = () => edge.inFlight.end(seat, line)
  try {
    if (before !== undefined) {
      await before
      // What came before it has ended the connection: nobody would learn what became of it.
      if (!socket.writable) return
    }
    const identified = identify(reading.request, edge.identify)
    const request = identified instanceof Promise ? await identified : identified
    const route = takeRoute(request, edge)
    const admission = edge.limits.admit(request, route)
    if (admission.kind === 'refused') return await refuseUnread(request, incoming, { admission, route, edge })
    const arrived = { request, incoming, heldMs: undefined, answerLines: admission.headers }
    if (route.writesTo === undefined) return await serve(choosePassage(route, arrived, edge), edge)
    await write(route, arrived, edge)
  } finally {
    if (endsItsConnection(incoming.response)) incoming.response.once('close', done)
    else done()
  }
}

/** Whether it is the last answer of its connection, and still on its way: what waits behind it must find the connection ended (RFC 9112, section 9.6). */
function endsItsConnection({ shouldKeepAlive, writableEnded, closed, socket }: ServerResponse): boolean {
  return !shouldKeepAlive && writableEnded && !closed && socket !== null && !socket.destroyed
}

/** A write waits where its capability is held; nothing is awaited between the decision where it goes and its count. */
async function write(first: TakenRoute, { request, incoming, answerLines }: Arrived, edge: EdgeParts): Promise<void> {
  let turn: Turn = { route: first, heldMs: undefined }
  if (first.writesTo !== undefined && edge.holds.of(first.writesTo) !== undefined) {
    const later = await awaitTurn(request, incoming, edge)
    if (later === undefined) return
    turn = later
  }
  const { route, heldMs } = turn
  const counted = route.writesTo === undefined ? undefined : edge.writes.begin(route.writesTo)
  try {
    await serve(choosePassage(route, { request, incoming, answerLines, heldMs }, edge), edge)
  } finally {
    counted?.end()
  }
}

async function serve(passage: Passage, edge: EdgeParts): Promise<void> {
  const traced = edge.tracing?.begin(passage)
  const sent = traced?.passage ?? passage
  const outcome = await forward(sent, edge)
  traced?.end(outcome)
  settle(sent, outcome, edge)
}

function refuse({ request, response }: Incoming, refusal: Refusal, edge: EdgeParts): void {
  if (refusal.close) edge.inFlight.refuseMore(request.socket)
  const id = newRequestId()
  answerProblem(response, refusal, id)
  edge.stats.refused(refusal.code)
  const { method = '', url = '' } = request
  edge.log.refused(id, refusal, { method, target: withoutUserInfo(url), peer: request.socket.remoteAddress })
}

/** What stands behind it on its connection is not even read: the line would grow as long as its client likes. */
function refuseInLine(incoming: Incoming, edge: EdgeParts): void {
  const detail = `more than ${maxInLine} requests of one connection wait for their answers`
  const refusal = { status: 503, code: 'too-many-in-line', title: 'Service Unavailable', detail, close: true }
  refuse(incoming, { ...refusal, retryAfterSeconds: 1 }, edge)
  stopReading(incoming.request.socket)
}

/** The same for a request that was understood: its client learns why, though nobody has read its body. */
async function refuseUnread(
  request: EdgeRequest,
  incoming: Incoming,
  {
    admission,
    route,
    edge,
  }: { readonly admission: RefusedAdmission; readonly route: TakenRoute; readonly edge: EdgeParts },
): Promise<void> {
  const { refusal } = admission
  const { id, method, target, peer, client, framing } = request
  edge.stats.refused(refusal.code)
  edge.log.refused(id, refusal, { method, target, peer, client: client.address, route: routeNameOf(route) })
  const hasBody = framing.kind !== 'none'
  if (refusal.close || hasBody) edge.inFlight.refuseMore(incoming.request.socket)
  // An overloaded edge waits for nobody, not even for a moment.
  if (hasBody && refusal.status !== 503) await answerUnread(incoming.response, refusal, id)
  else answerProblem(incoming.response, refusal, id)
}

function routeNameOf({ matched }: TakenRoute): string {
  return (matched.kind === 'route' ? matched.route : matched.near).name
}

function answerServerWide({ request, response }: Incoming, edge: EdgeParts): void {
  response.writeHead(204, ['Allow', forwardedMethods])
  response.end()
  if (!response.shouldKeepAlive) edge.inFlight.refuseMore(request.socket)
}
