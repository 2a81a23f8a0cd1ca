import { endsOf } from '../run/ends.ts'
import { readIdFloors } from '../run/hand-over-ids.ts'
import type { Check, Seeing } from './preflight.ts'

/** The ids of the new owner have room above those of the old one. */
export async function idChecks({ bench, to }: Seeing): Promise<readonly Check[]> {
  const { ids, forth } = endsOf(bench, { to })
  const floors = Object.entries(await readIdFloors(ids, forth.direction))
  const detail =
    floors.length === 0
      ? 'no ids to hand over'
      : floors.map(([name, floor]) => `${name} will begin above ${floor}`).join(', ')
  return [{ name: 'ids', outcome: 'pass', detail }]
}
