import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A shop that names everything itself: sessions, form tokens, orders from `firstOrder` on, bearer tokens. */
export interface SmallShop {
  readonly url: string
  readonly orders: ReadonlyMap<string, string>
  close(): Promise<void>
}

/** Starts one with nothing in it. */
export async function startSmallShop(firstOrder: number): Promise<SmallShop> {
  const state: State = { sessions: new Map(), orders: new Map(), next: firstOrder }
  const server = createServer((request, response) => void answer(state, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    orders: state.orders,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface State {
  readonly sessions: Map<string, { readonly csrf: string; readonly bearer: string }>
  readonly orders: Map<string, string>
  next: number
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += chunk
  const url = request.url ?? ''
  if (url === '/log-in') return logIn(state, response)
  const session = state.sessions.get(/sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
  const bearer = request.headers.authorization?.slice('Bearer '.length)
  const known = session ?? [...state.sessions.values()].find((one) => one.bearer === bearer)
  if (known === undefined) return void json(response, 401, { error: 'who are you' })
  if (url === '/checkout' && request.method === 'GET') return form(response, known.csrf)
  if (url === '/checkout') return order(state, { response, body, csrf: known.csrf })
  if (url === '/orders') return list(state, response)
  const [, id = ''] = /^\/orders\/(\d+)$/.exec(url) ?? []
  const what = state.orders.get(id)
  if (what === undefined) return void json(response, 404, { error: `no order ${id}` })
  json(response, 200, { id: Number(id), what, links: { self: `/orders/${id}` } })
}

function logIn(state: State, response: ServerResponse): void {
  const sid = randomBytes(16).toString('hex')
  const session = { csrf: randomBytes(12).toString('hex'), bearer: randomBytes(20).toString('hex') }
  state.sessions.set(sid, session)
  response.setHeader('set-cookie', `sid=${sid}; Path=/; HttpOnly`)
  json(response, 200, { accessToken: session.bearer })
}

function form(response: ServerResponse, csrf: string): void {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(`<form method="post"><input type="hidden" name="csrf_token" value="${csrf}"><input name="what"></form>`)
}

function order(
  state: State,
  { response, body, csrf }: { readonly response: ServerResponse; readonly body: string; readonly csrf: string },
): void {
  const fields = new URLSearchParams(body)
  if (fields.get('csrf_token') !== csrf) return void json(response, 403, { error: 'bad form' })
  const id = String(state.next++)
  state.orders.set(id, fields.get('what') ?? '')
  response.writeHead(303, { location: `/orders/${id}` }).end()
}

function list(state: State, response: ServerResponse): void {
  json(response, 200, { orders: [...state.orders].map(([id, what]) => ({ id: Number(id), what })) })
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
