import http from 'node:http'
import type { Answer } from '@banyan/toolkit/compare'
import { headerMap } from '@banyan/toolkit/compare'

/** A request to either arm. */
export interface LegacyRequest {
  readonly method: string
  readonly target: string
  /** Undefined sends none. */
  readonly key: string | undefined
  readonly contentType?: string
  readonly body?: string
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 8 })

/** Sends a request exactly as written and gives the whole answer. */
export function send(origin: string, request: LegacyRequest): Promise<Answer> {
  const headers: Record<string, string> = { connection: 'keep-alive' }
  if (request.key !== undefined) headers['x-api-key'] = request.key
  if (request.contentType !== undefined) headers['content-type'] = request.contentType
  if (request.body !== undefined) headers['content-length'] = String(Buffer.byteLength(request.body))
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { agent, hostname, port, method: request.method, path: request.target, headers },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
          const body = Buffer.concat(chunks)
          resolve({ status: response.statusCode ?? 0, headers: headerMap(pairs), body, truncated: false })
        })
      },
    )
    sent.on('error', reject)
    sent.end(request.body)
  })
}

/** What a client can see of an answer, as text: for comparing byte for byte. */
export function seen(answer: Answer): string {
  const header = (name: string) => `${name}: ${answer.headers.get(name)?.join(',')}`
  return [String(answer.status), header('content-type'), header('allow'), '', answer.body.toString('latin1')].join('\n')
}

/** The same with the one field that users do not own taken out: page views write it. */
export function seenOwned(answer: Answer): string {
  return seen(answer).replace(/"lastSeenAt":(null|"[^"]*")/, '"lastSeenAt":...')
}
