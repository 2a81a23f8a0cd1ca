import type { Live } from './reload-edges.ts'

/** Where a revision is live, for people. */
export function liveText({ edges, notRunning }: Live, revision: string): string {
  if (edges.length === 1) return `live on the edge ${edges[0]} (revision ${revision})`
  if (edges.length > 1) return `live on ${edges.length} edges (revision ${revision})`
  if (notRunning.length === 0) return `written (revision ${revision}); the route table names no edge to ask`
  return `written, not live: no edge runs at ${notRunning.join(', ')} (revision ${revision})`
}
