import type { CutoverIntent } from '../../ports/owner.ts'
import { readOwners } from '../../worker/choose-direction.ts'
import type { Workbench } from '../parts.ts'

/** The cutover that is under way, as the arbiter says: the row of the arm that it goes to. */
export async function pendingIn({ jobs }: Pick<Workbench, 'jobs'>): Promise<CutoverIntent | undefined> {
  const { legacy, service } = await readOwners(jobs)
  return [
    legacy?.intent?.to === 'legacy' ? legacy.intent : undefined,
    service?.intent?.to === 'service' ? service.intent : undefined,
  ].find((intent) => intent !== undefined)
}

/**
 * Tells whether the coordinator of an intent is lost: its process has ended, its lease ran out, or it was not renewed for the length of a lease while
 * this process looked on. The last needs no clock but this one's, so a clock that was set back does not keep a capability without a writer.
 */
export function buildRecoveryDue({ clock, processes, leaseMs }: Workbench): (intent: CutoverIntent) => boolean {
  let seen: { readonly mark: string; readonly at: number } | undefined
  return (intent) => {
    const mark = `${intent.id} ${intent.step} ${intent.expiresAt} ${intent.coordinator}`
    if (seen?.mark !== mark) seen = { mark, at: clock.monotonic() }
    if (intent.process !== undefined && processes.hasEnded(intent.process)) return true
    return intent.expiresAt <= clock.now() || clock.monotonic() - seen.at >= leaseMs
  }
}
