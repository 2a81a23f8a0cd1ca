import { readFile } from 'node:fs/promises'
import {
  type AppliedAnswer,
  type AppliedReport,
  adminPaths,
  type EdgeStatus,
  type RecordingRequest,
  type ReloadAnswer,
  type TallyReport,
} from '@banyan/edge-proxy/admin-api'
import { exitCodes, Fault, isJsonObject, type Json, messageOf, parseJson, systemCodeOf } from '@banyan/toolkit/base'
import { type Dispatcher, request } from 'undici'
import type { Place } from './place.ts'

const timeoutMs = 10_000

/** What happened when an edge was asked to run a revision. */
export type Reloaded =
  | { readonly kind: 'live'; readonly url: string; readonly revision: string }
  | { readonly kind: 'refused'; readonly url: string; readonly why: string }
  | { readonly kind: 'not-running'; readonly url: string }
  | { readonly kind: 'silent'; readonly url: string; readonly why: string }

/** One edge, asked over its admin address. Faults: `edge-unreachable` (exit 5), `edge-refused` (exit 6). */
export interface EdgeClient {
  readonly url: string
  status(): Promise<EdgeStatus>
  tally(): Promise<TallyReport>
  /** Returns when every request sees the revision; what goes wrong is a value, not a fault. */
  reload(revision: string): Promise<Reloaded>
  /** Reports how far follow is; returns the edge's time now. */
  applied(report: AppliedReport): Promise<number>
  /** The recording as it comes; destroying the stream ends it. */
  record(wanted: RecordingRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']>
}

/** Clients of the edges that a route table names. The token is read at each call: an edge may have just made it. */
export function edgeClients(edges: readonly string[], place: Pick<Place, 'tokenFile'>): readonly EdgeClient[] {
  return edges.map((url) => edgeClient(url, () => readToken(place.tokenFile)))
}

async function readToken(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw new Fault('token-unreadable', `cannot read ${file}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function edgeClient(url: string, token: () => Promise<string | undefined>): EdgeClient {
  const call = async (path: string, body?: object, signal?: AbortSignal) => {
    const given = await token()
    return await request(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(given === undefined ? {} : { authorization: `Bearer ${given}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      reset: true,
      signal: signal ?? AbortSignal.timeout(timeoutMs),
      ...(signal === undefined ? {} : { bodyTimeout: 0 }),
    }).catch((thrown: unknown) => Promise.reject(unreachable(url, thrown)))
  }
  return {
    url,
    status: async () => (await jsonOf(url, await call(adminPaths.status))) as unknown as EdgeStatus,
    tally: async () => (await jsonOf(url, await call(adminPaths.tally))) as unknown as TallyReport,
    reload: async (revision) => await reloadOutcome(url, () => call(adminPaths.reload, { revision })),
    applied: async (report) => {
      const answer = (await jsonOf(url, await call(adminPaths.applied, report))) as unknown as AppliedAnswer
      return answer.now
    },
    record: async (wanted, signal) => {
      const answer = await call(adminPaths.recording, wanted, signal)
      if (answer.statusCode !== 200) throw refused(url, answer.statusCode, await answer.body.text())
      return answer.body
    },
  }
}

async function jsonOf(url: string, answer: Dispatcher.ResponseData): Promise<Json> {
  const text = await answer.body.text()
  const parsed = parseJson(text)
  if (answer.statusCode !== 200 || parsed === undefined) throw refused(url, answer.statusCode, text)
  return parsed
}

async function reloadOutcome(url: string, call: () => Promise<Dispatcher.ResponseData>): Promise<Reloaded> {
  try {
    const answer = (await jsonOf(url, await call())) as unknown as ReloadAnswer
    return { kind: 'live', url, revision: answer.revision }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    if (thrown.code !== 'edge-unreachable') return { kind: 'refused', url, why: thrown.message }
    return isAbsent(thrown.cause) ? { kind: 'not-running', url } : { kind: 'silent', url, why: thrown.message }
  }
}

function isAbsent(cause: unknown): boolean {
  return systemCodeOf(cause) === 'ECONNREFUSED'
}

function unreachable(url: string, cause: unknown): Fault {
  return new Fault('edge-unreachable', `no edge answers at ${url}: ${messageOf(cause)}`, {
    hint: 'start one with: banyan edge',
    exitCode: exitCodes.unreachable,
    cause,
  })
}

function refused(url: string, status: number, text: string): Fault {
  const hint =
    status === 401 || status === 403
      ? 'the token does not fit: use the --state folder of that edge (it holds admin-token)'
      : 'see: banyan doctor'
  return new Fault('edge-refused', `the edge at ${url} answered ${status}: ${reasonIn(text)}`, {
    hint,
    exitCode: exitCodes.refused,
  })
}

function reasonIn(text: string): string {
  const parsed = parseJson(text)
  if (!isJsonObject(parsed)) return text.slice(0, 200).trim() || 'nothing'
  const { problems, detail, title, code } = parsed
  if (Array.isArray(problems) && problems.length > 0) return problems.join('; ')
  return String(detail ?? title ?? code ?? text.slice(0, 200))
}
