import { Agent, type IncomingMessage, request } from 'node:http'
import { type Json, messageOf } from '@banyan/toolkit/base'

/** One call of a worker's admin API. */
export interface WorkerCall {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Json | undefined
  /** No answer within so long is none. */
  readonly boundMs: number
}

/** What a worker answered; `silent` when it did not. */
export type WorkerAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly type: string; readonly text: string }
  | { readonly kind: 'silent'; readonly why: string }

/** Asks workers by their own admin listeners. */
export interface AskWorker {
  ask(adminAddress: string, call: WorkerCall): Promise<WorkerAnswer>
  /** The answer as it comes, whatever its status; undefined when there is none. */
  stream(adminAddress: string, call: WorkerCall): Promise<IncomingMessage | undefined>
  close(): void
}

/** Builds a client with the token that all admin listeners of an edge share. */
export function buildAskWorker(token: string): AskWorker {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const open = (adminAddress: string, call: WorkerCall): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const body = call.body === undefined ? undefined : JSON.stringify(call.body)
      const sent = request(`${adminAddress}${call.path}`, {
        method: call.method,
        agent,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      })
      const bound = setTimeout(() => sent.destroy(new Error(`no answer within ${call.boundMs} ms`)), call.boundMs)
      sent.once('response', (answer) => {
        clearTimeout(bound)
        resolve(answer)
      })
      sent.on('error', (error) => {
        clearTimeout(bound)
        reject(error)
      })
      sent.end(body)
    })
  return {
    ask: async (adminAddress, call) => {
      try {
        const answer = await open(adminAddress, call)
        const type = answer.headers['content-type'] ?? 'application/json'
        return { kind: 'answered', status: answer.statusCode ?? 0, type, text: await textOf(answer, call.boundMs) }
      } catch (error) {
        return { kind: 'silent', why: messageOf(error) }
      }
    },
    stream: (adminAddress, call) => open(adminAddress, call).catch(() => undefined),
    close: () => agent.destroy(),
  }
}

async function textOf(answer: IncomingMessage, boundMs: number): Promise<string> {
  const bound = setTimeout(() => answer.destroy(new Error(`no whole answer within ${boundMs} ms`)), boundMs)
  try {
    const chunks: Buffer[] = []
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    clearTimeout(bound)
  }
}
