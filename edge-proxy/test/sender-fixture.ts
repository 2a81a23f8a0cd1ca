import { PassThrough } from 'node:stream'
import type { Upstream } from '@banyan/toolkit/routing'
import { onTestFinished } from 'vitest'
import { buildHttp1Sender } from '../src/upstream/http1/sender-http1.ts'
import type { Sender, Sending, UpstreamAnswer, UpstreamFault, UpstreamRequest } from '../src/upstream/sender.ts'
import { startBytes } from './upstream.ts'

/** A sender, closed when the test is over. */
export function openSender(): Sender {
  const sender = buildHttp1Sender()
  onTestFinished(() => sender.close())
  return sender
}

/** A request to a URL: a GET without a body, unless it says otherwise. */
export function requestTo(url: string | URL, wanted: Partial<UpstreamRequest> = {}): UpstreamRequest {
  const to = typeof url === 'string' ? new URL(url) : url
  const upstream = {
    ...{ name: 'monolith', urls: [to], host: 'preserve', caFile: undefined, timeoutMs: 10_000 },
  } satisfies Partial<Upstream> as unknown as Upstream
  return { upstream, url: to, method: 'GET', target: '/', headers: ['Host', 'a'], body: undefined, ...wanted }
}

/** All of an answer; `cut` says how it ended when it is not whole. */
export interface Read {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
  readonly cut: UpstreamFault | undefined
  readonly trailers: readonly string[]
}

/** Reads an answer to its end; throws where a fault came instead. */
export async function readAnswer(sending: Sending): Promise<Read> {
  const answer = await sending.answer
  if (!answer.ok) throw new Error(`${answer.fault}: ${answer.detail}`)
  return readBody(answer)
}

/** Reads the rest of an answer. */
export function readBody({ status, headers, body, trailers }: UpstreamAnswer): Promise<Read> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const over = (cut: UpstreamFault | undefined) =>
      resolve({ status, headers, body: Buffer.concat(parts).toString('latin1'), cut, trailers: trailers() })
    body.readBy({ part: (bytes) => void parts.push(bytes), ended: () => over(undefined), cut: over })
  })
}

/** What came of a request: `200 body`, `200 body (cut: fault)`, or the fault's kind and what was sent. */
export async function shownOf(sending: Sending): Promise<string> {
  const answer = await sending.answer
  if (!answer.ok) return `${answer.fault}, sent ${answer.sent}`
  const { status, body, cut } = await readBody(answer)
  return `${status} ${body}${cut === undefined ? '' : ` (cut: ${cut.fault})`}`
}

/** An upstream of bare bytes: `answer` is asked for each piece that arrives, with the number of its connection, from 1. */
export async function startSpeaking(
  answer: (piece: string, socket: import('node:net').Socket, connection: number) => string | undefined,
): Promise<{
  readonly url: string
  readonly connections: () => number
  readonly open: () => number
  received(): string
}> {
  let connections = 0
  let open = 0
  let received = ''
  const { url } = await startBytes((socket) => {
    connections += 1
    open += 1
    const connection = connections
    socket.on('close', () => {
      open -= 1
    })
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
      const text = answer(bytes.toString('latin1'), socket, connection)
      if (text !== undefined) socket.write(text, 'latin1')
    })
  })
  return { url, connections: () => connections, open: () => open, received: () => received }
}

/** A body that the test writes. */
export function openBody(): PassThrough {
  return new PassThrough()
}

/** A whole answer with a body. */
export function okWith(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`
}
