import { exitCodes, Fault } from '@banyan/toolkit/base'
import type { EdgeClient, Reloaded } from './edge-client.ts'

/** Where a written revision is live: on every edge, or on none because none runs. */
export interface Live {
  readonly edges: readonly string[]
  /** Edges that do not run: they read the file when they start. */
  readonly notRunning: readonly string[]
}

/**
 * Asks every edge to run a revision, and returns when all that run do. Throws when an edge refuses it (exit 6), does
 * not answer in time, or when only some run (exit 5): then the edges disagree, and somebody must know.
 */
export async function reloadEdges(edges: readonly EdgeClient[], revision: string): Promise<Live> {
  const reloaded = await Promise.all(edges.map((edge) => edge.reload(revision)))
  const live = reloaded.filter(({ kind }) => kind === 'live').map(({ url }) => url)
  const notRunning = reloaded.filter(({ kind }) => kind === 'not-running').map(({ url }) => url)
  const refused = reloaded.filter((edge) => edge.kind === 'refused')
  const silent = reloaded.filter((edge) => edge.kind === 'silent')
  if (refused.length > 0) throw notLive('edge-refused', refused, exitCodes.refused)
  if (silent.length > 0) throw notLive('edge-silent', silent, exitCodes.unreachable)
  if (live.length > 0 && notRunning.length > 0) {
    throw new Fault(
      'edge-missing',
      `written and live at ${live.join(', ')}, but no edge runs at ${notRunning.join(', ')}`,
      {
        hint: 'start it, or take it out of "edges:" in the route table. See: banyan status',
        exitCode: exitCodes.unreachable,
      },
    )
  }
  return { edges: live, notRunning }
}

function notLive(code: string, edges: readonly Extract<Reloaded, { readonly why: string }>[], exitCode: number): Fault {
  const why = edges.map(({ why }) => why).join('\n')
  return new Fault(code, `written, but not live everywhere: ${why}`, {
    hint: 'the file is written. To take it back: banyan undo. To look closer: banyan doctor',
    exitCode,
  })
}
