import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What an edge was asked, in order: `/hold {"capability":"users","epoch":1}`. */
export interface Heard {
  readonly path: string
  readonly body: unknown
}

/** Answers by path: a status and a JSON document. Default 200 `{}`. */
export type Answers = Readonly<Record<string, { readonly status?: number; readonly body?: object }>>

/** An HTTP server that answers as an edge's admin address would; it ends with the test. */
export async function startAdmin(answers: Answers = {}) {
  const heard: Heard[] = []
  const tokens = new Set<string | undefined>()
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    tokens.add(request.headers.authorization)
    const text = Buffer.concat(await request.toArray()).toString()
    heard.push({ path, body: text === '' ? undefined : JSON.parse(text) })
    const { status = 200, body = {} } = answers[path] ?? {}
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, tokens, stop }
}
