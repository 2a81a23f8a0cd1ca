import type { LockBounds, OwnerStore } from '../../ports/owner.ts'
import type { SyncJob } from '../../sync-job.ts'
import type { End, RowSeen } from '../action.ts'
import type { Workbench } from '../parts.ts'
import { type CutoverPlan, otherArm } from '../plan.ts'
import type { IdEnds } from './hand-over-ids.ts'

/** A workbench as one cutover sees it: which arm it leaves, and which it goes to. */
export interface Ends {
  readonly owners: Readonly<Record<End, OwnerStore>>
  /** From the old owner to the new. */
  readonly forth: SyncJob
  readonly back: SyncJob
  readonly ids: IdEnds
}

/** The ends of a cutover to this arm. */
export function endsOf({ jobs, ids }: Workbench, { to }: Pick<CutoverPlan, 'to'>): Ends {
  const from = otherArm(to)
  return {
    owners: { source: jobs.owners[from], target: jobs.owners[to] },
    forth: jobs[to],
    back: jobs[from],
    ids: { source: ids[from], target: ids[to] },
  }
}

/** An owner row, as the protocol sees it. */
export async function readRow({ owners }: Ends, at: End): Promise<RowSeen | undefined> {
  const row = await owners[at].read()
  return row && { owner: row.owner, epoch: row.epoch, intent: row.intent?.id }
}

/** Lock bounds that end with what is left of a budget. */
export function lockBounds(leftMs: number, atMostMs: number): LockBounds {
  return { withinMs: Math.max(0, Math.min(leftMs, atMostMs)) }
}
