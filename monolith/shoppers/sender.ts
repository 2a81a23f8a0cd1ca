import { Pool } from 'undici'
import type { Answer, Outgoing } from './action.ts'

/** Sends requests to one shop over a bounded number of connections. */
export interface Sender {
  /** Rejects when there is no answer: no connection, or nothing within ten seconds. */
  send(request: Outgoing): Promise<Answer>
  close(): Promise<void>
}

const patienceMs = 10_000

/** Builds a sender for an origin such as `http://127.0.0.1:8080`. */
export function buildSender(url: string, connections: number): Sender {
  const pool = new Pool(new URL(url).origin, { connections, headersTimeout: patienceMs, bodyTimeout: patienceMs })
  return {
    async send({ method, path, headers, body }) {
      const answer = await pool.request({ method, path, headers: headers ?? {}, body: body ?? null })
      const text = await answer.body.text()
      const { location, 'set-cookie': setCookie } = answer.headers
      return {
        status: answer.statusCode,
        location: typeof location === 'string' ? location : undefined,
        setCookies: setCookie === undefined ? [] : [setCookie].flat(),
        text,
      }
    },
    close: () => pool.close(),
  }
}
