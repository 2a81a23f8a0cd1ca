import type { RouteTally } from '../compare/index.ts'
import { sumOf } from './delta.ts'
import { isByChance, type ShareLimit } from './gate.ts'

/** So often the same exchanges are replayed once more. */
const mostMore = 2

/**
 * Replays; where what looks like a lag is so little beyond its bound that chance may have made it, again, and all count together: 5 of
 * 443 are no proof of more than 1 %, and 12 of 1 329 are below it.
 */
export async function replayTillClear(
  limit: ShareLimit,
  replay: () => Promise<readonly RouteTally[]>,
): Promise<readonly RouteTally[]> {
  let tallies = await replay()
  for (let more = 0; more < mostMore && isByChance(limit, tallies); more++) tallies = joined(tallies, await replay())
  return tallies
}

function joined(tallies: readonly RouteTally[], more: readonly RouteTally[]): readonly RouteTally[] {
  return tallies.map((tally) => {
    const again = more.find(({ route }) => route === tally.route)
    return again === undefined ? tally : sumOf(tally, again)
  })
}
