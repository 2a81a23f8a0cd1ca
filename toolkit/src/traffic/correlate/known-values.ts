import { buildBoundedMap, ownCopy } from './bounded-map.ts'
import { isSameNoun, isWeak } from './id-like.ts'
import type { Produced } from './produced.ts'

/** A value of the recording, and what each arm brought forth in its place. */
export interface Known {
  readonly noun: string
  readonly session: string
  /** Undefined as long as the arm has brought forth nothing for it. */
  readonly legacy: string | undefined
  readonly service: string | undefined
  readonly passing: boolean
  /** Whether legacy brought forth another value than the recording shows. */
  readonly moved: boolean
}

/** What of a value helps to find it. */
export interface Sought {
  readonly value: string
  readonly noun: string
}

/** Values that were brought forth, by the value of the recording, in bounded memory: the oldest are forgotten. */
export interface KnownValues {
  /** The session's own knowledge first, then another's; a short value must be about the same thing. */
  find(sought: Sought, session: string): Known | undefined
  /** Keeps what was known of an arm where there is nothing newer. */
  put(produced: Produced, session: string, own: Pick<Known, 'legacy' | 'service'>): void
  forgotten(): number
}

/** One value means few things: an order, a product, a page. */
const maxMeanings = 6

/** Holds at most `limit` values. */
export function buildKnownValues(limit: number): KnownValues {
  const values = buildBoundedMap<readonly Known[]>(limit)
  return {
    find({ value, noun }, session) {
      const meanings = values.get(value)
      if (meanings === undefined) return undefined
      const fits = isWeak(value) ? meanings.filter((known) => isSameNoun(known.noun, noun)) : meanings
      return fits.find((known) => known.session === session) ?? fits[0]
    },
    put({ value, noun, passing }, session, { legacy, service }) {
      const meanings = values.get(value)
      const before = meanings?.find((known) => known.session === session && known.noun === noun)
      const key = ownCopy(value)
      const kept = (own: string | undefined) => (own === value ? key : own === undefined ? own : ownCopy(own))
      const known: Known = {
        noun,
        session,
        passing,
        moved: legacy !== value,
        legacy: kept(legacy ?? before?.legacy),
        service: kept(service ?? before?.service),
      }
      const others = meanings?.filter((other) => other !== before).slice(0, maxMeanings - 1) ?? []
      values.put(key, [known, ...others])
    },
    forgotten: values.forgotten,
  }
}
