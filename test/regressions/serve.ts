import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ArmAnswer, ArmRequest } from './customer.ts'

/** Changes an answer on its way out. */
export type Change = (request: ArmRequest, answer: ArmAnswer) => ArmAnswer

/** Serves an app, unchanged in itself, with every answer changed on its way out. */
export async function serve(app: FastifyInstance, change: Change): Promise<{ readonly url: string; close(): void }> {
  await app.ready()
  const server: Server = createServer((request, response) => {
    void answerOf(app, request, change).then(
      ({ status, headers, body }) =>
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body),
      (thrown: unknown) => response.writeHead(599).end(String(thrown)),
    )
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() }
}

const hopByHop = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'date'])

async function answerOf(app: FastifyInstance, incoming: IncomingMessage, change: Change): Promise<ArmAnswer> {
  const request = { method: incoming.method ?? 'GET', target: incoming.url ?? '/' }
  const payload = Buffer.concat(await incoming.toArray())
  const injected = await app.inject({
    method: request.method as 'GET',
    url: request.target,
    headers: endToEnd(incoming.headers),
    ...(payload.length > 0 && { payload }),
  })
  const answer = { status: injected.statusCode, headers: endToEnd(injected.headers), body: injected.payload }
  return change(request, answer)
}

function endToEnd(headers: IncomingHttpHeaders | Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !hopByHop.has(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}
