import { Fault } from '../base/index.ts'
import { moveOwner, type OwnerMove } from './move-owner.ts'
import { revisionOf } from './revision.ts'
import type { RouteTable } from './route.ts'
import { readRouteTableText, writeRouteTable } from './store.ts'

/** What a file says after its owner was written. */
export interface WrittenOwner {
  readonly table: RouteTable
  /** False when the file said so already: another edge that shares it was faster, or it is asked again. */
  readonly edited: boolean
}

/** How often somebody else may change the file between our reading and our writing. */
const tries = 50

/**
 * Writes the owner of a capability into a route table's file, by `moveOwner` and `writeRouteTable`; a change by
 * somebody else in between (a flip, another edge) is kept, and the edit made anew on top of it. Idempotent. Throws
 * what those two and `readRouteTableText` say: `capability-unknown`, `route-table-invalid`, `route-table-unwritable` ...
 */
export async function writeOwner(file: string, move: OwnerMove): Promise<WrittenOwner> {
  for (let left = tries; ; left--) {
    const text = await readRouteTableText(file)
    const moved = moveOwner(text, file, move)
    if (!moved.ok) throw moved.fault
    const { table } = moved
    if (moved.edits.length === 0) return { table, edited: false }
    try {
      await writeRouteTable(file, moved.text, revisionOf(text))
      return { table, edited: true }
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'route-table-changed' || left <= 1) throw error
    }
  }
}
