import type { Produced } from './produced.ts'

/**
 * What an arm brought forth where the recording shows each of `recorded`; undefined where it has nothing for it. What
 * is known already of a value is believed first; then a value that the arm has too is its own; what is left over on both
 * sides of a place belongs together in order, if it is equally many.
 */
export function ownValues(
  recorded: readonly Produced[],
  live: readonly Produced[],
  known: (at: number) => string | undefined,
): readonly (string | undefined)[] {
  if (live === recorded) return recorded.map(({ value }, at) => known(at) ?? value)
  const places = valuesByPlace(live)
  const left = new Map([...places].map(([place, values]) => [place, new Set(values)]))
  const own = recorded.map(({ place }, at) => {
    const before = known(at)
    if (before === undefined || places.get(place)?.has(before) !== true) return undefined
    left.get(place)?.delete(before)
    return before
  })
  takeEqual(recorded, { own, left })
  takeInOrder(recorded, { own, left })
  return own
}

interface Taking {
  readonly own: (string | undefined)[]
  /** What no recorded value has been given yet, by place. */
  readonly left: ReadonlyMap<string, Set<string>>
}

function takeEqual(recorded: readonly Produced[], { own, left }: Taking): void {
  const equal = recorded.map(({ place, value }, at) => own[at] === undefined && left.get(place)?.has(value) === true)
  for (const [at, { place, value }] of recorded.entries()) {
    if (equal[at] !== true) continue
    own[at] = value
    left.get(place)?.delete(value)
  }
}

function takeInOrder(recorded: readonly Produced[], { own, left }: Taking): void {
  const waiting = new Map<string, Map<string, number[]>>()
  for (const [at, { place, value }] of recorded.entries()) {
    if (own[at] !== undefined) continue
    const values = waiting.get(place) ?? new Map<string, number[]>()
    waiting.set(place, values)
    values.set(value, [...(values.get(value) ?? []), at])
  }
  for (const [place, values] of waiting) {
    const moved = [...(left.get(place) ?? [])]
    if (moved.length !== values.size) continue
    for (const [rank, positions] of [...values.values()].entries()) for (const at of positions) own[at] = moved[rank]
  }
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
