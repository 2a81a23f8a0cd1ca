import type { OwnerRow } from '../ports/owner.ts'
import type { SyncJobs } from '../sync-job.ts'

/** The owner rows of both databases; undefined where no ownership is installed. */
export interface OwnerRows {
  readonly legacy: OwnerRow | undefined
  readonly service: OwnerRow | undefined
}

/** Which way the sync goes: to the arm that is not the owner, as that arm's own row says, with the epoch that its saves must find there. */
export type Course =
  | { readonly to: 'legacy' | 'service'; readonly epoch: number | undefined }
  /** Ownership is on its way, so that neither direction may be applied. */
  | { readonly to: undefined; readonly why: string }

/** Reads both owner rows. */
export async function readOwners({ owners }: Pick<SyncJobs, 'owners'>): Promise<OwnerRows> {
  return { legacy: await owners.legacy.read(), service: await owners.service.read() }
}

/**
 * From the owner to the other arm; from legacy to the service while no ownership is installed. The row of the arm that is written decides, for its
 * database checks each save against it; while a cutover moves the owner, no row may name the other arm.
 */
export function chooseDirection({ legacy, service }: OwnerRows): Course {
  const forth = service === undefined || service.owner === 'legacy'
  const back = legacy?.owner === 'service'
  if (forth && back && (service?.epoch ?? 0) === legacy.epoch) {
    return { to: undefined, why: `both owner rows name the other arm, at epoch ${legacy.epoch}: see banyan doctor` }
  }
  // Where both would do, one database came back from a backup: the higher epoch is the later word.
  if (back && (!forth || legacy.epoch > (service?.epoch ?? 0))) return { to: 'legacy', epoch: legacy.epoch }
  if (forth) return { to: 'service', epoch: service?.epoch }
  return { to: undefined, why: 'ownership is being moved' }
}

/** Whether two courses are the same one. */
export function sameCourse(a: Course, b: Course): boolean {
  return a.to === b.to && (a.to === undefined || b.to === undefined || a.epoch === b.epoch)
}
