/** A repeatable source of choices. */
export interface Random {
  /** A whole number from 0 up to, not including, a bound. */
  below(bound: number): number
  /** One of a list, which must not be empty. */
  oneOf<Item>(items: readonly Item[]): Item
  /** True in so many of a hundred draws. */
  chance(percent: number): boolean
}

/** Builds a source of choices: the same for the same seed (mulberry32, a 32-bit generator in the public domain). */
export function buildRandom(seed: number): Random {
  let state = seed >>> 0
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (bound: number) => Math.floor(draw() * bound)
  return {
    below,
    oneOf(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to choose from')
      return item
    },
    chance: (percent) => draw() * 100 < percent,
  }
}
