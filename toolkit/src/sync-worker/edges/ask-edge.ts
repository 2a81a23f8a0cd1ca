import { type Dispatcher, request } from 'undici'
import { exitCodes, Fault, isJsonObject, type JsonObject, messageOf, parseJson } from '../../base/index.ts'

/** Reads the admin token; asked anew at each call, for an edge that starts later makes it. */
export type ReadToken = () => Promise<string>

/** Where the edges of a capability listen, and how to be let in. */
export interface Edges {
  readonly capability: string
  /** Admin addresses, as `http://127.0.0.1:8081`. */
  readonly urls: readonly string[]
  readonly readToken: ReadToken
}

/** One call of an edge's admin API: GET without a body, POST with one. */
export interface AdminCall {
  /** `/status`, `/hold` ... */
  readonly path: string
  readonly body?: object
  /** Ends the call, and the reading of its answer: `AbortSignal.timeout(2000)`. */
  readonly signal: AbortSignal
}

/**
 * Asks the edge at an admin address; returns the JSON object that it answered with 200. Throws `edge-unreachable` (exit 5) when it does not
 * answer in time, and `edge-refused` (exit 6) for every other answer, with the edge's own words.
 */
export async function askEdge(url: string, call: AdminCall, readToken: ReadToken): Promise<JsonObject> {
  const text = await textOf(url, await streamFromEdge(url, call, readToken))
  const said = parseJson(text)
  if (isJsonObject(said)) return said
  throw refused(url, 200, text)
}

/** As `askEdge`, for an answer that goes on: returns its body, which ends with the call's signal. */
export async function streamFromEdge(url: string, call: AdminCall, readToken: ReadToken): Promise<Body> {
  const { path, body, signal } = call
  const token = await readToken()
  const answer = await request(`${url.replace(/\/$/, '')}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // A connection that was kept may be one of an edge that was killed since.
    reset: true,
    bodyTimeout: 0,
    signal,
  }).catch((thrown: unknown) => {
    throw unreachable(url, thrown)
  })
  if (answer.statusCode === 200) return answer.body
  throw refused(url, answer.statusCode, await textOf(url, answer.body))
}

type Body = Dispatcher.ResponseData['body']

async function textOf(url: string, body: Body): Promise<string> {
  return await body.text().catch((thrown: unknown) => {
    throw unreachable(url, thrown)
  })
}

function unreachable(url: string, cause: unknown): Fault {
  return new Fault('edge-unreachable', `no edge answers at ${url}: ${messageOf(cause)}`, {
    hint: 'start one with: banyan edge. If it is gone for good, take it out of "edges:" in the route table',
    exitCode: exitCodes.unreachable,
    cause,
  })
}

function refused(url: string, status: number, text: string): Fault {
  const isToken = status === 401 || status === 403
  return new Fault('edge-refused', `the edge at ${url} refused (${status}): ${reasonIn(text)}`, {
    hint: isToken
      ? 'the token does not fit: it is the file admin-token in the --state folder of that edge'
      : 'see: banyan doctor',
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
