import { exitCodes, Fault } from '../../../base/index.ts'
import type { Direction } from '../../direction.ts'
import type { IdRange, IdStore } from '../../ports/ids.ts'

type Id = number | bigint

/** Left free above the ids that are known: for those that the old owner gave to transactions which came to nothing. */
const margin = 1000

/** The ids of one arm or the other. */
export interface IdEnds {
  readonly source: IdStore
  readonly target: IdStore
}

/**
 * What the new owner's ids must begin above, by child name and `root`: the highest id that either arm has handed out, in the target's keys, with a margin.
 * Ids that only one of them hands out itself are left alone. Throws `cutover-ids-full` when a column has no room for that.
 */
export async function readIdFloors(
  { source, target }: IdEnds,
  direction: Direction,
): Promise<Readonly<Record<string, Id>>> {
  const [given, taking] = [await source.read(), await target.read()]
  const floors: Record<string, Id> = {}
  for (const [name, range] of Object.entries(taking)) {
    const from = given[name]
    const highest = from === undefined ? undefined : inTarget(lastOf(from), name, direction)
    if (highest === undefined) continue
    const floor = BigInt(larger(highest, lastOf(range))) + BigInt(margin)
    if (floor >= BigInt(range.limit)) throw noRoom(range, floor)
    floors[name] = floor <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(floor) : floor
  }
  return floors
}

/** Sees to it that the new owner hands out ids above those floors; gives them back as text. */
export async function handOverIds(ends: IdEnds, direction: Direction): Promise<Readonly<Record<string, string>>> {
  const floors = await readIdFloors(ends, direction)
  await ends.target.raiseAbove(floors)
  return Object.fromEntries(Object.entries(floors).map(([name, floor]) => [name, String(floor)]))
}

function lastOf({ highest, next }: IdRange): Id {
  return next === undefined ? highest : larger(highest, BigInt(next) - 1n)
}

// Only the root's key is mapped; children keep theirs.
function inTarget(id: Id, name: string, { targetKey }: Direction): Id | undefined {
  if (name !== 'root') return id
  const key = targetKey(id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : id)
  return typeof key === 'number' || typeof key === 'bigint' ? key : undefined
}

function larger(a: Id, b: Id): Id {
  return a > b ? a : b
}

function noRoom({ column, limit }: IdRange, floor: bigint): Fault {
  return new Fault(
    'cutover-ids-full',
    `${column} has no room for new ids: it would begin above ${floor}, and holds at most ${limit}`,
    {
      hint: 'make the column wider first, for example bigint',
      exitCode: exitCodes.refused,
    },
  )
}
