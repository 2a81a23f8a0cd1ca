import { createServer, type Socket } from 'node:net'
import { readRequests, type WireRequest } from './read-requests.ts'

/** A request with the number of the connection that it came on. */
export interface Arrived extends WireRequest {
  readonly connection: number
}

/** Bytes from which no request could be read; without `wrong` they are the beginning of one that was cut. */
export interface Unread {
  readonly wrong: string | undefined
  readonly bytes: string
}

/** What the upstream writes for a request: bytes, and whether it closes then; or what it does with the connection. */
export type Answering = (request: Arrived, socket: Socket) => string | undefined

/** An upstream that keeps byte for byte what reached it, and reads it strictly. */
export interface ByteUpstream {
  readonly url: string
  /** What arrived since the last call: whole requests, and what no request could be read from, with the reason. */
  take(): { readonly requests: readonly Arrived[]; readonly unread: readonly Unread[] }
  /** How the next requests are answered; without an argument: with `METHOD TARGET`, and 200. */
  answerWith(answering?: Answering): void
  /** What is done when a head has arrived whose body is not whole; undefined: it is waited for. */
  beforeBody(act: ((socket: Socket) => void) | undefined): void
  /** Whether a request has begun on an open connection and is not whole. */
  reading(): boolean
  connections(): number
  close(): Promise<void>
}

/** Starts one on a free port. */
export async function startByteUpstream(): Promise<ByteUpstream> {
  const open = new Map<Socket, string>()
  let requests: Arrived[] = []
  let broken: Unread[] = []
  let answering: Answering = named
  let early: ((socket: Socket) => void) | undefined
  let count = 0
  const server = createServer({ noDelay: true }, (socket) => {
    count += 1
    const connection = count
    open.set(socket, '')
    socket.on('error', () => undefined)
    socket.on('close', () => {
      const rest = open.get(socket) ?? ''
      if (rest !== '') broken.push({ wrong: undefined, bytes: rest })
      open.delete(socket)
    })
    socket.on('data', (bytes) => {
      // What comes after it has closed its end is read by no server.
      if (!socket.writable) return
      const reading = readRequests((open.get(socket) ?? '') + bytes.toString('latin1'))
      open.set(socket, reading.rest)
      if (reading.wrong !== undefined) broken.push({ wrong: reading.wrong, bytes: reading.rest })
      if (reading.rest.includes('\r\n\r\n')) early?.(socket)
      for (const request of reading.requests) {
        const arrived = { ...request, connection }
        requests.push(arrived)
        const answer = answering(arrived, socket)
        if (answer !== undefined && socket.writable) socket.write(answer, 'latin1')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = { requests, unread: broken }
      requests = []
      broken = []
      return taken
    },
    answerWith: (next = named) => {
      answering = next
    },
    beforeBody: (act) => {
      early = act
    },
    reading: () => [...open.values()].some((rest) => rest !== ''),
    connections: () => open.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open.keys()) socket.destroy()
      }),
  }
}

function named({ method, target }: Arrived): string {
  const body = `${method} ${target}`
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${method === 'HEAD' ? '' : body}`
}
