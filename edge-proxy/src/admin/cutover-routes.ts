import type { ServerResponse } from 'node:http'
import type { Json } from '@banyan/toolkit/base'
import type { Epochs } from '../hold/epochs.ts'
import type { Holds } from '../hold/holds.ts'
import type { RouteTableSource } from '../route-table/route-table-source.ts'
import { adminPaths, type FencedAnswer, type HoldRef, type OwnerRequest } from './admin-api.ts'
import type { AdminBody } from './admin-bodies.ts'
import { type AdminRoute, answerJson, refuseBody, refuseCall } from './admin-server.ts'
import { drainedRequest, holdRef, holdRequest, ownerRequest } from './cutover-bodies.ts'

/** What a cutover moves at an edge. */
export interface CutOver {
  readonly source: RouteTableSource
  readonly holds: Holds
  readonly epochs: Epochs
  draining(): boolean
}

/** The calls by which a cutover holds writes, moves the owner and lets go, as `admin-api.ts` words them. */
export function cutoverRoutes(edge: CutOver): readonly AdminRoute[] {
  const { holds, source, epochs } = edge
  return [
    call(edge, adminPaths.hold, holdRequest, (request, response) => {
      if (edge.draining()) return refuseCall(response, stopping)
      const answer = holds.begin(request)
      return answer === undefined ? refuseCall(response, stale(request, epochs)) : answerJson(response, 200, answer)
    }),
    call(edge, adminPaths.drained, drainedRequest, async (request, response) =>
      answerJson(response, 200, await holds.drained(request)),
    ),
    call(edge, adminPaths.fenced, holdRef, async (ref, response) => {
      const { held, inFlight } = await holds.fence(ref)
      if (held && inFlight > 0) return refuseCall(response, notDrained(inFlight))
      answerJson(response, 200, { held } satisfies FencedAnswer)
    }),
    call(edge, adminPaths.owner, ownerRequest, async (request, response) => {
      if (request.epoch < epochs.seen(request.capability)) return refuseCall(response, passed(request, epochs))
      epochs.see(request.capability, request.epoch)
      answerJson(response, 200, await source.moveOwner(request))
    }),
    call(edge, adminPaths.release, ownerRequest, (request, response) =>
      answerJson(response, 200, release(request, edge)),
    ),
  ]
}

/** The owner first: who is let go takes a route table at once, and it must name him. */
function release(request: OwnerRequest, { holds, source, epochs }: CutOver) {
  if (request.epoch >= epochs.seen(request.capability)) source.tellOwner(request)
  return holds.release(request)
}

type Read<Request> = (body: Json | undefined, known: ReadonlyMap<string, unknown>) => AdminBody<Request>
type Run<Request> = (request: Request, response: ServerResponse) => Promise<void> | void

function call<Request>({ source }: CutOver, path: string, read: Read<Request>, run: Run<Request>): AdminRoute {
  return {
    method: 'POST',
    path,
    run: (response, body) => {
      const request = read(body, source.current().capabilities)
      return request.ok ? run(request.value, response) : refuseBody(response, request.problem)
    },
  }
}

const stopping = { status: 503, code: 'draining', detail: 'the edge is being stopped' }

function stale({ capability, epoch }: HoldRef, epochs: Epochs) {
  const detail = `epoch ${epoch} of "${capability}" is not above ${epochs.released(capability)}, which was released, or below that of the hold that is on. An edge forgets its epochs when it restarts`
  return { status: 409, code: 'hold-stale', detail }
}

function notDrained(inFlight: number) {
  const detail = `${inFlight} writes that were let past the bound of the hold are still in flight: they would run into the fence`
  return { status: 409, code: 'hold-not-drained', detail }
}

function passed({ capability, epoch }: HoldRef, epochs: Epochs) {
  const detail = `epoch ${epoch} of "${capability}" has passed: this edge has seen ${epochs.seen(capability)}`
  return { status: 409, code: 'epoch-passed', detail }
}
