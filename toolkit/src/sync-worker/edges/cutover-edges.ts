import { type JsonObject, messageOf } from '../../base/index.ts'
import type { CutoverEdges, EdgeSeen, HoldBounds } from '../../data-sync/index.ts'
import { askEdge, type Edges } from './ask-edge.ts'
import { edgeSeenIn } from './edge-seen.ts'
import { mergeReleases, releaseIn } from './hold-report.ts'

const timeoutMs = 2000
/** To edit the route table's file an edge waits for a lock, and reads it anew. */
const ownerTimeoutMs = 6000
const longestDrainMs = 10_000
const drainMarginMs = 1000

/**
 * The edges of a capability as a cutover asks them, over each one's admin API: all at once, each call bounded in time.
 * Faults are `edge-unreachable` (exit 5) and `edge-refused` (exit 6); each names its edge.
 *
 * @example
 * const edges = buildCutoverEdges({ capability: 'users', urls: ['http://127.0.0.1:8081'], readToken })
 * await edges.hold(1, { maxHoldMs: 2000, maxRequests: 1000, maxBytes: 64 * 1024 * 1024 })
 */
export function buildCutoverEdges(edges: Edges): CutoverEdges {
  const { capability } = edges
  const askAll = (call: Call) => askEach(edges, call)
  return {
    see: () => Promise.all(edges.urls.map((url) => see(edges, url))),
    hold: (epoch, bounds) => holdAll(edges, epoch, bounds),
    drained: async (epoch, withinMs) => {
      const within = Math.min(withinMs, longestDrainMs)
      const body = { capability, epoch, withinMs: within }
      const answers = await askAll({ path: '/drained', body, timeoutMs: within + drainMarginMs })
      return answers.every(({ drained }) => drained === true)
    },
    fenced: async (epoch) => {
      const answers = await askAll({ path: '/fenced', body: { capability, epoch }, timeoutMs })
      return answers.every(({ held }) => held === true)
    },
    moveOwner: async (owner, epoch) => {
      await askAll({ path: '/owner', body: { capability, epoch, owner }, timeoutMs: ownerTimeoutMs })
    },
    release: async (owner, epoch) => {
      const call = { path: '/release', body: { capability, epoch, owner }, timeoutMs: ownerTimeoutMs }
      const answers = await Promise.allSettled(edges.urls.map((url) => ask(edges, url, call)))
      return mergeReleases(
        answers.flatMap((answer) => (answer.status === 'fulfilled' ? [releaseIn(answer.value)] : [])),
      )
    },
  }
}

interface Call {
  readonly path: string
  readonly body?: object
  readonly timeoutMs: number
}

function ask({ readToken }: Edges, url: string, { timeoutMs, ...call }: Call): Promise<JsonObject> {
  return askEdge(url, { ...call, signal: AbortSignal.timeout(timeoutMs) }, readToken)
}

/** Waits for every edge before it throws: what is still under way when a cutover is undone would come too late. */
async function askEach(edges: Edges, call: Call): Promise<readonly JsonObject[]> {
  const answers = await Promise.allSettled(edges.urls.map((url) => ask(edges, url, call)))
  return answers.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}

async function see(edges: Edges, url: string): Promise<EdgeSeen> {
  try {
    return edgeSeenIn(url, edges.capability, await ask(edges, url, { path: '/status', timeoutMs }))
  } catch (thrown) {
    return { url, answers: false, trouble: messageOf(thrown), owner: undefined }
  }
}

async function holdAll(edges: Edges, epoch: number, bounds: HoldBounds): Promise<void> {
  const { capability } = edges
  try {
    await askEach(edges, { path: '/hold', body: { capability, epoch, ...bounds }, timeoutMs })
  } catch (thrown) {
    await Promise.all(edges.urls.map((url) => letGo(edges, url, epoch)))
    throw thrown
  }
}

/** To the owner that this edge knows: nothing has moved yet. An edge that does not answer lets go by itself, at its deadline. */
async function letGo(edges: Edges, url: string, epoch: number): Promise<void> {
  const { owner } = await see(edges, url)
  if (owner === undefined) return
  const body = { capability: edges.capability, epoch, owner }
  await ask(edges, url, { path: '/release', body, timeoutMs }).catch(() => undefined)
}
