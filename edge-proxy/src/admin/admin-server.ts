import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { type Json, messageOf, parseJson } from '@banyan/toolkit/base'
import { newRequestId } from '../request/identifiers.ts'
import { answerProblem } from '../request/problem-answer.ts'
import type { Refusal } from '../request/refusal.ts'
import { guardAdmin } from './admin-guard.ts'

const maxBodyBytes = 64 * 1024

/** One call of the admin API: its method and path, and what it does. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** True needs no token: health and readiness, which orchestrators ask. */
  readonly open?: true
  /** `body` is the parsed JSON of a POST, `undefined` when it had none. */
  run(response: ServerResponse, body: Json | undefined): Promise<void> | void
}

/** Builds the admin listener's server: each call passes the guard first, and changes are POSTs of JSON. */
export function buildAdminServer(token: string, routes: readonly AdminRoute[]): Server {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const detail = messageOf(error)
      answerProblem(
        response,
        { status: 500, code: 'unexpected', title: 'Internal Server Error', detail, close: true },
        newRequestId(),
      )
    })
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0]
    const route = routes.find((known) => known.path === path && known.method === request.method)
    const refusal = guardAdmin(request, { token, open: route?.open === true }) ?? unknownCall(routes, path, route)
    if (refusal !== undefined || route === undefined) {
      return answerProblem(response, refusal ?? notFound, newRequestId())
    }
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (route.method === 'GET') return route.run(response, undefined)
    const body = await readBody(request)
    if (!body.ok) return answerProblem(response, body.refusal, newRequestId())
    return route.run(response, body.value)
  }
  return server
}

/** Answers with one JSON document. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(`${JSON.stringify(value)}\n`)
}

/** Answers that the body is not what the call needs. */
export function refuseBody(response: ServerResponse, detail: string): void {
  refuseCall(response, { status: 400, code: 'body-invalid', detail })
}

/** Answers that the call is understood and not done. */
export function refuseCall(
  response: ServerResponse,
  { status, code, detail }: Pick<Refusal, 'status' | 'code' | 'detail'>,
): void {
  const title = STATUS_CODES[status] ?? 'Refused'
  answerProblem(response, { status, code, title, detail, close: false }, newRequestId())
}

const notFound: Refusal = {
  status: 404,
  code: 'call-unknown',
  title: 'Not Found',
  detail: 'no such call',
  close: false,
}

function unknownCall(
  routes: readonly AdminRoute[],
  path: string | undefined,
  route: AdminRoute | undefined,
): Refusal | undefined {
  if (route !== undefined) return undefined
  const methods = routes.flatMap((known) => (known.path === path ? [known.method] : []))
  if (methods.length === 0) return notFound
  return {
    ...notFound,
    status: 405,
    code: 'method-refused',
    title: 'Method Not Allowed',
    detail: 'changes are POSTs, the rest GETs',
    headers: ['Allow', methods.join(', ')],
  }
}

type Body = { readonly ok: true; readonly value: Json | undefined } | { readonly ok: false; readonly refusal: Refusal }

/** JSON only: a form of another site could send text/plain without the browser asking first. */
async function readBody(request: IncomingMessage): Promise<Body> {
  const refused = (status: number, code: string, detail: string): Body => ({
    ok: false,
    refusal: { status, code, title: status === 413 ? 'Content Too Large' : 'Bad Request', detail, close: true },
  })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) return refused(413, 'body-too-large', `a body of more than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  if (bytes === 0) return { ok: true, value: undefined }
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refused(415, 'not-json', 'send application/json')
  }
  const value = parseJson(Buffer.concat(chunks).toString('utf8'))
  return value === undefined ? refused(400, 'not-json', 'the body is no JSON') : { ok: true, value }
}
