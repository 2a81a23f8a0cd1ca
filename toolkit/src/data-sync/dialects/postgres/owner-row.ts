import { exitCodes, Fault } from '../../../base/index.ts'
import type { Place } from '../../ports/database.ts'

/** Throws `sync-epoch-passed` unless the target's owner row, written `owner epoch`, names the other arm with this epoch. No row: nothing to say. */
export function assertEpoch(place: Place, row: string | null, epoch: number | undefined): void {
  if (row === null) return
  const other = place.arm === 'legacy' ? 'service' : 'legacy'
  if (row === `${other} ${epoch}`) return
  const [owner, now] = row.split(' ')
  const began = epoch === undefined ? 'without an owner' : `at epoch ${epoch}`
  throw new Fault(
    'sync-epoch-passed',
    `${place.capability} is owned by ${owner} (epoch ${now}); this direction began ${began}`,
    {
      hint: 'ownership has moved; the worker chooses its direction anew',
      exitCode: exitCodes.refused,
    },
  )
}
