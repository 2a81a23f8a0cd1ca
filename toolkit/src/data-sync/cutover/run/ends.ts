import type { LockBounds, OwnerRow, OwnerStore } from '../../ports/owner.ts'
import type { SyncJob } from '../../sync-job.ts'
import type { End, RowsSeen } from '../action.ts'
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

/** Both owner rows, as the protocol sees them. */
export async function readRows({ owners }: Ends): Promise<RowsSeen> {
  return { source: seen(await owners.source.read()), target: seen(await owners.target.read()) }
}

/** Lock bounds that end with what is left of a budget. */
export function lockBounds(leftMs: number, atMostMs: number): LockBounds {
  return { withinMs: Math.max(0, Math.min(leftMs, atMostMs)) }
}

function seen(row: OwnerRow | undefined): RowsSeen['source'] {
  return row && { owner: row.owner, epoch: row.epoch, intent: row.intent?.id }
}
