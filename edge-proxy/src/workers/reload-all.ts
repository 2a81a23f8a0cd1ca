import { messageOf } from '@banyan/toolkit/base'
import { readRouteTableText, revisionOf } from '@banyan/toolkit/routing'
import type { ReloadRefused } from '../admin/admin-api.ts'
import { adminPaths } from '../admin/admin-api.ts'
import type { AskWorker } from './ask-worker.ts'
import { type Fanned, fanOut } from './fan-out.ts'
import type { WorkerProcess } from './worker-process.ts'

/** A large route table is read by all workers at once, beside the requests that they serve. */
const reloadBoundMs = 30_000
/** How often a reload begins again because the file changed while the workers read it. */
const maxRereads = 5

/** What came of a reload: the answer of one worker for all, or why not all did it. */
export type Reload =
  | { readonly kind: 'live'; readonly revision: string }
  | { readonly kind: 'refused'; readonly answer: ReloadRefused }
  | { readonly kind: 'not-all'; readonly fanned: Exclude<Fanned, { readonly kind: 'all' }> }

/** What a reload needs. */
export interface ReloadingWorkers {
  readonly routesFile: string
  readonly workers: () => readonly WorkerProcess[]
  readonly client: AskWorker
  /** The content that is live everywhere. */
  live(): string
  wentLive(text: string): Promise<void>
}

/**
 * All workers read the file, each by itself and only the content that the primary has seen: with that pinned, no two of them can
 * have different route tables when this is over. Where the file changed meanwhile it begins again.
 */
export async function reloadAll(wanted: string | undefined, options: ReloadingWorkers): Promise<Reload> {
  const { routesFile, workers, client, live, wentLive } = options
  for (let read = 0; ; read++) {
    const text = await readRouteTableText(routesFile).catch((error: unknown) => ({ unread: messageOf(error) }))
    if (typeof text !== 'string') return refused('route-table-invalid', text.unread, live())
    const revision = revisionOf(text)
    if (wanted !== undefined && revision !== wanted)
      return refused('revision-differs', `the file holds revision ${revision}, not ${wanted}`, live())
    const body = { revision }
    const call = { method: 'POST', path: adminPaths.reload, body, boundMs: reloadBoundMs } as const
    const fanned = await fanOut(workers(), () => call, client)
    if (fanned.kind === 'all') {
      await wentLive(text)
      return { kind: 'live', revision }
    }
    if (fanned.kind === 'silent' || read === maxRereads || !fanned.refusal.text.includes('"revision-differs"'))
      return { kind: 'not-all', fanned }
  }
}

function refused(code: ReloadRefused['code'], problem: string, live: string): Reload {
  return { kind: 'refused', answer: { code, problems: [problem], revision: revisionOf(live) } }
}
