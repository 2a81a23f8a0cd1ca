import { Fault } from '../../base/index.ts'
import type { AppliedThrough } from '../../data-sync/index.ts'
import { askEdge, type Edges } from './ask-edge.ts'

const timeoutMs = 400
const mostMarks = 1000

/**
 * Tells every edge, on its own clock, how far its callers' writes are applied (`POST /applied`). An edge that does not
 * answer is left out until it does; only when none answers does `now` throw `edges-unreachable`.
 */
export function buildEdgeReports(edges: Edges): AppliedThrough {
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
    async report(mark, from) {
      const times = marks.get(mark) ?? new Map<string, number>()
      marks.delete(mark)
      await Promise.all(
        [...times].map(([url, through]) => tell(edges, url, { through, ...(from === undefined ? {} : { from }) })),
      )
    },
  }
}

async function askAll(edges: Edges): Promise<ReadonlyMap<string, number>> {
  const answers = await Promise.all(edges.urls.map(async (url) => [url, await tell(edges, url)] as const))
  return new Map(answers.filter((answer): answer is readonly [string, number] => answer[1] !== undefined))
}

interface Report {
  readonly through?: number
  /** An edge takes no report that does not say from which arm, once it has seen a cutover. */
  readonly from?: 'legacy' | 'service'
}

/** Returns the edge's time; undefined when it does not answer, which the next mark shows. */
async function tell(edges: Edges, url: string, report: Report = {}): Promise<number | undefined> {
  const body = { capability: edges.capability, ...report }
  const call = { path: '/applied', body, signal: AbortSignal.timeout(timeoutMs) }
  const answer = await askEdge(url, call, edges.readToken).catch(() => undefined)
  return typeof answer?.now === 'number' ? answer.now : undefined
}
