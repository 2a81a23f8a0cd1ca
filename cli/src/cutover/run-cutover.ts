import type { Cutover, CutoverReport, StepReport } from '@banyan/toolkit/data-sync'
import { buildCutoverEdges } from '@banyan/toolkit/sync-worker/edges'
import type { OpenCapability } from '../with-sync.ts'
import { journalCutover } from './journal-cutover.ts'
import type { CutoverWish } from './wish.ts'

/** What a cutover is run with. */
export type CutoverTools = Pick<OpenCapability, 'name' | 'sync' | 'edges' | 'place' | 'shell'>

/** How a run is watched and ended. */
export interface CutoverRun {
  /** Aborted before the commit, the cutover is undone; after it, it goes on to its end. */
  readonly signal: AbortSignal
  /** Called as each step ends. */
  readonly onStep: (step: StepReport) => void
}

/** The cutovers of an open capability, coordinated by this process over its route table's edges. */
export function openCutover({ sync, edges, shell }: Pick<CutoverTools, 'sync' | 'edges' | 'shell'>): Cutover {
  return sync.cutover(buildCutoverEdges(edges), { coordinator: shell.who })
}

/** Runs a cutover and journals it: its beginning before it begins, its end with what was seen. */
export async function runCutover(tools: CutoverTools, wish: CutoverWish, run: CutoverRun): Promise<CutoverReport> {
  return await journalCutover(tools, wish, () => openCutover(tools).run(wish.to, { ...wish.bounds, ...run }))
}
