import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createNetServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** What an upstream saw of one request. */
export interface Seen {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real HTTP server on a free port, closed when the test is over. */
export interface TestUpstream {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly seen: Seen[]
  /** How many connections are open. */
  connections(): number
  stop(): Promise<void>
}

/** Starts an upstream whose requests `listener` answers, on a free port or the given one. */
export async function startUpstream(listener: RequestListener, port = 0): Promise<TestUpstream> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  onTestFinished(stop)
  const bound = portOf(server)
  return { url: `http://127.0.0.1:${bound}`, port: bound, server, seen: [], connections: () => sockets.size, stop }
}

/** An upstream that answers each request with what `answer` gives, after it has read the body; it keeps what it saw. */
export async function startAnswering(
  answer: (seen: Seen, response: ServerResponse) => void | Promise<void>,
  port = 0,
): Promise<TestUpstream> {
  const upstream: TestUpstream = await startUpstream(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const seen: Seen = {
      method: request.method ?? '',
      target: request.url ?? '',
      rawHeaders: request.rawHeaders,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    }
    upstream.seen.push(seen)
    await answer(seen, response)
  }, port)
  return upstream
}

/** An upstream that answers with this JSON value, always. */
export function startJson(value: unknown | ((seen: Seen) => unknown)): Promise<TestUpstream> {
  return startAnswering((seen, response) => {
    const body = JSON.stringify(typeof value === 'function' ? value(seen) : value)
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.end(body)
  })
}

/** An upstream that accepts requests and never answers. */
export function startHanging(): Promise<TestUpstream> {
  return startUpstream(() => undefined)
}

/** A server of bare bytes: `serve` gets each connection. Closed when the test is over. */
export async function startBytes(
  serve: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createNetServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  )
  const port = portOf(server)
  return { url: `http://127.0.0.1:${port}`, port }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createNetServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  return address.port
}
