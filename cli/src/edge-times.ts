import type { AppliedThrough } from '@banyan/toolkit/data-sync'
import type { EdgeClient } from './edge-client.ts'

const remembered = 8

/**
 * Tells every edge how far follow is. Each edge has its own clock, so the time that the sync carries is the first
 * edge's, and the others' of the same moment are kept beside it.
 */
export function edgeTimes(capability: string, edges: readonly EdgeClient[]): AppliedThrough | undefined {
  if (edges.length === 0) return undefined
  const moments = new Map<number, readonly number[]>()
  return {
    now: async () => {
      const times = await Promise.all(edges.map((edge) => edge.applied({ capability })))
      const [first = 0] = times
      moments.set(first, times)
      for (const old of [...moments.keys()].slice(0, -remembered)) moments.delete(old)
      return first
    },
    report: async (edgeTime) => {
      const times = moments.get(edgeTime) ?? []
      await Promise.all(times.map((through, index) => edges[index]?.applied({ capability, through })))
    },
  }
}
