import { request } from 'undici'
import { exitCodes, Fault, isJsonObject, type JsonObject, messageOf, parseJson } from '../../base/index.ts'

/** Where the edges of a capability listen, and how to be let in. */
export interface Edges {
  readonly capability: string
  /** Admin addresses, as `http://127.0.0.1:8081`. */
  readonly urls: readonly string[]
  /** Reads the token anew at each call: an edge that starts later makes it. */
  readonly readToken: () => Promise<string>
}

/** One call of an edge's admin API: GET without a body, POST with one. */
export interface AdminCall {
  /** `/status`, `/hold` ... */
  readonly path: string
  readonly body?: object
  readonly timeoutMs: number
}

/**
 * Asks one edge; returns the JSON object that it answered with 200. Throws `edge-unreachable` (exit 5) when it does not answer in time,
 * and `edge-refused` (exit 6) for every other answer, with the edge's own words.
 */
export async function askEdge(edges: Edges, url: string, call: AdminCall): Promise<JsonObject> {
  const { status, text } = await send(url, await edges.readToken(), call).catch((thrown: unknown) => {
    throw unreachable(url, thrown)
  })
  const said = parseJson(text)
  if (status === 200 && isJsonObject(said)) return said
  throw refused(url, status, text)
}

interface Answer {
  readonly status: number
  readonly text: string
}

async function send(url: string, token: string, { path, body, timeoutMs }: AdminCall): Promise<Answer> {
  const answer = await request(`${url.replace(/\/$/, '')}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // A connection that was kept may be one of an edge that was killed since.
    reset: true,
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: answer.statusCode, text: await answer.body.text() }
}

function unreachable(url: string, cause: unknown): Fault {
  return new Fault('edge-unreachable', `the edge at ${url} does not answer: ${messageOf(cause)}`, {
    hint: 'start it, or take it out of "edges:" in the route table if it is gone for good. See: banyan doctor',
    exitCode: exitCodes.unreachable,
    cause,
  })
}

function refused(url: string, status: number, text: string): Fault {
  const isToken = status === 401 || status === 403
  return new Fault('edge-refused', `the edge at ${url} refused (${status}): ${reasonIn(text)}`, {
    hint: isToken
      ? 'the admin token does not fit: it is in the file admin-token of the state folder of that edge'
      : 'see: banyan status',
    exitCode: exitCodes.refused,
  })
}

function reasonIn(text: string): string {
  const parsed = parseJson(text)
  if (!isJsonObject(parsed)) return text.slice(0, 200).trim() || 'no reason given'
  const { problems, detail, title, code } = parsed
  if (Array.isArray(problems) && problems.length > 0) return problems.join('; ')
  return String(detail ?? title ?? code ?? text.slice(0, 200))
}
