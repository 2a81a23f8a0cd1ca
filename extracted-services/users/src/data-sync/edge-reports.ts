import { Fault } from '@banyan/toolkit/base'
import { request } from 'undici'

/** What the sync worker needs to tell the edges; see `AppliedThrough` of the toolkit's data sync. */
export interface EdgeReports {
  /** A mark for now: what is committed before it has been asked for is covered by it. */
  now(): Promise<number>
  /** Everything that the mark covers is applied. */
  report(mark: number): Promise<void>
}

/** Where the edges listen, and how to be let in. */
export interface Edges {
  /** Admin addresses, as `http://127.0.0.1:8081`. */
  readonly urls: readonly string[]
  /** Reads the token anew at each call: an edge that starts later makes it. */
  readonly readToken: () => Promise<string>
  readonly capability: string
}

const timeoutMs = 400
const mostMarks = 1000

/**
 * Tells every edge, on its own clock, how far its callers' writes are applied (`POST /applied`). An edge that does not
 * answer is left out until it does; only when none answers does `now` throw `edges-unreachable`.
 */
export function buildEdgeReports(edges: Edges): EdgeReports {
  const marks = new Map<number, ReadonlyMap<string, number>>()
  let newest = 0
  return {
    async now() {
      const times = await askAll(edges)
      if (times.size === 0) throw new Fault('edges-unreachable', `no edge answers at ${edges.urls.join(', ')}`)
      newest += 1
      marks.set(newest, times)
      marks.delete(newest - mostMarks)
      return newest
    },
    async report(mark) {
      const times = marks.get(mark) ?? new Map<string, number>()
      marks.delete(mark)
      const token = await edges.readToken()
      await Promise.all(
        [...times].map(([url, through]) =>
          post(url, token, { capability: edges.capability, through }).catch(() => undefined),
        ),
      )
    },
  }
}

async function askAll({ urls, readToken, capability }: Edges): Promise<ReadonlyMap<string, number>> {
  const token = await readToken()
  const answers = await Promise.all(
    urls.map(async (url) => [url, await post(url, token, { capability }).catch(() => undefined)] as const),
  )
  return new Map(answers.filter((answer): answer is readonly [string, number] => answer[1] !== undefined))
}

async function post(url: string, token: string, body: object): Promise<number | undefined> {
  const answer = await request(`${url.replace(/\/$/, '')}/applied`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const said: unknown = await answer.body.json()
  if (answer.statusCode !== 200 || typeof said !== 'object' || said === null || !('now' in said)) return undefined
  return typeof said.now === 'number' ? said.now : undefined
}
