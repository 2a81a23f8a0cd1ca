/** A source of numbers that gives the same ones for the same seed. */
export interface Random {
  /** A whole number from 0 to below `below`. */
  int(below: number): number
  /** True with this probability, from 0 to 1. */
  chance(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

/** Builds one (splitmix32). Seeds that are close give numbers that are not. */
export function buildRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[int(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
