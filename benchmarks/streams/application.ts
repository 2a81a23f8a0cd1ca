import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** What stands behind the edge. */
export interface Application {
  readonly url: string
  close(): Promise<void>
}

const everyMs = 100

/** Starts an application: `POST /upload` counts bytes, `GET /events` sends ten events a second with their time, `/chat` tells everybody what anybody says. */
export async function startApplication(): Promise<Application> {
  const server = createServer((request, response) => {
    if (request.method === 'POST') countBytes(request, response)
    else if (request.url === '/events') sendEvents(response)
    else response.end('ok')
  })
  const chat = new WebSocketServer({ server, path: '/chat' })
  chat.on('connection', (socket) => {
    socket.on('message', (message) => {
      for (const other of chat.clients) other.send(message, { binary: false })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of chat.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function countBytes(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.on('end', () => response.end(String(bytes)))
}

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const timer = setInterval(() => response.write(`data: ${performance.now()}\n\n`), everyMs)
  response.on('close', () => clearInterval(timer))
}
