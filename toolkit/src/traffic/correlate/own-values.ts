import type { Produced } from './produced.ts'

/**
 * What an arm brought forth where the recording shows each of `recorded`; undefined where it has nothing for it. What
 * is known already of a value is believed first; then a value that the arm has too is its own; what is left over on both
 * sides of a place belongs together in order, if it is equally many.
 */
export function ownValues(
  recorded: readonly Produced[],
  live: readonly Produced[],
  known: (produced: Produced) => string | undefined,
): readonly (string | undefined)[] {
  if (live === recorded) return recorded.map((produced) => known(produced) ?? produced.value)
  const there = valuesByPlace(live)
  const leftOver = new Map<string, { readonly at: number[]; readonly taken: Set<string> }>()
  const own = recorded.map((produced, at) => {
    const values = there.get(produced.place)
    if (values === undefined) return undefined
    const before = known(produced)
    const found =
      before !== undefined && values.has(before) ? before : values.has(produced.value) ? produced.value : undefined
    const left = leftOver.get(produced.place) ?? { at: [], taken: new Set() }
    leftOver.set(produced.place, left)
    if (found === undefined) left.at.push(at)
    else left.taken.add(found)
    return found
  })
  for (const [place, { at, taken }] of leftOver) {
    const moved = [...(there.get(place) ?? [])].filter((value) => !taken.has(value))
    const distinct = [...new Set(at.map((index) => recorded[index]?.value))]
    if (moved.length !== distinct.length) continue
    for (const index of at) own[index] = moved[distinct.indexOf(recorded[index]?.value)]
  }
  return own
}

function valuesByPlace(produced: readonly Produced[]): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>()
  for (const { place, value } of produced) {
    const values = places.get(place)
    if (values === undefined) places.set(place, new Set([value]))
    else values.add(value)
  }
  return places
}
