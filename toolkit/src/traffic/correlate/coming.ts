import type { Carried } from './carried.ts'
import { isSameNoun, isWeak } from './id-like.ts'
import type { Produced } from './produced.ts'

/** What an exchange carries and brings forth. */
interface Bringing {
  readonly carried: readonly Carried[]
  readonly inHeaders: readonly Produced[]
  readonly inBody: readonly Produced[]
}

/** Values that exchanges under way are about to bring forth, each for the first time. */
export interface Coming<Turn> {
  /** The turns of those that bring forth what this one carries. */
  carriedBy(one: Bringing): readonly Turn[]
  /** What it brings forth is coming from now on; what is known already is not worth waiting for. */
  add(one: Bringing, turn: Turn, isKnown: (produced: Produced) => boolean): void
  ended(one: Bringing): void
}

/** Starts with none. */
export function buildComing<Turn>(): Coming<Turn> {
  const coming = new Map<string, { readonly noun: string; readonly turn: Turn; readonly by: Bringing }>()
  return {
    carriedBy({ carried }) {
      const turns: Turn[] = []
      if (coming.size === 0) return turns
      for (const { value, noun } of carried) {
        const producer = coming.get(value)
        if (producer !== undefined && (!isWeak(value) || isSameNoun(producer.noun, noun))) turns.push(producer.turn)
      }
      return turns
    },
    add(one, turn, isKnown) {
      for (const part of [one.inHeaders, one.inBody]) {
        for (const produced of part) {
          const { value, noun } = produced
          if (!coming.has(value) && !isKnown(produced)) coming.set(value, { noun, turn, by: one })
        }
      }
    },
    ended(one) {
      for (const part of [one.inHeaders, one.inBody]) {
        for (const { value } of part) if (coming.get(value)?.by === one) coming.delete(value)
      }
    },
  }
}
