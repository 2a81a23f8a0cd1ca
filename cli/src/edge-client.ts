import {
  adminPaths,
  type EdgeStatus,
  type ProbeAnswer,
  type RecordingRequest,
  type ReloadAnswer,
  type TallyReport,
  type TapRequest,
  type WhyAnswer,
} from '@banyan/edge-proxy/admin-api'
import { Fault, messageOf, systemCodeOf } from '@banyan/toolkit/base'
import { askEdge, type ReadToken, streamFromEdge } from '@banyan/toolkit/sync-worker/edges'
import type { Dispatcher } from 'undici'
import { adminToken } from './admin-token.ts'
import type { Place } from './place.ts'

const timeoutMs = 10_000
/** Ten thousand routes take an edge some seconds, beside the requests that it serves. */
const reloadTimeoutMs = 35_000

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
  /** Sends a made-up read through every shadow; answers within ten seconds. */
  probe(): Promise<ProbeAnswer>
  /** Returns when every request sees the revision; what goes wrong is a value, not a fault. */
  reload(revision: string): Promise<Reloaded>
  /** How a request of the last minutes went, by its id. */
  why(id: string): Promise<WhyAnswer>
  /** Requests as they pass, as NDJSON; destroying the stream ends it. */
  tap(wanted: TapRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']>
  /** The recording as it comes; destroying the stream ends it. */
  record(wanted: RecordingRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']>
}

/** Clients of the edges that a route table names. */
export function edgeClients(edges: readonly string[], place: Pick<Place, 'tokenFile'>): readonly EdgeClient[] {
  const readToken = adminToken(place)
  return edges.map((url) => edgeClient(url, readToken))
}

function edgeClient(url: string, readToken: ReadToken): EdgeClient {
  // The edge's documents are ours, of the same release: their shapes are those of its admin API.
  const ask = async <Answer>(path: string, body?: object, withinMs = timeoutMs) => {
    const call = { path, signal: AbortSignal.timeout(withinMs), ...(body === undefined ? {} : { body }) }
    return (await askEdge(url, call, readToken)) as unknown as Answer
  }
  return {
    url,
    status: () => ask<EdgeStatus>(adminPaths.status),
    tally: () => ask<TallyReport>(adminPaths.tally),
    probe: () => ask<ProbeAnswer>(adminPaths.probe, {}),
    reload: (revision) => reloadOutcome(url, () => ask<ReloadAnswer>(adminPaths.reload, { revision }, reloadTimeoutMs)),
    why: (id) => ask<WhyAnswer>(adminPaths.why, { id }),
    tap: (wanted, signal) => streamFromEdge(url, { path: adminPaths.tap, body: wanted, signal }, readToken),
    record: (wanted, signal) => streamFromEdge(url, { path: adminPaths.recording, body: wanted, signal }, readToken),
  }
}

async function reloadOutcome(url: string, reload: () => Promise<ReloadAnswer>): Promise<Reloaded> {
  try {
    return { kind: 'live', url, revision: (await reload()).revision }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    if (thrown.code !== 'edge-unreachable') return { kind: 'refused', url, why: thrown.message }
    const isAbsent = systemCodeOf(thrown.cause) === 'ECONNREFUSED'
    return isAbsent ? { kind: 'not-running', url } : { kind: 'silent', url, why: messageOf(thrown) }
  }
}
