import type { Json } from '../base/index.ts'

/**
 * What is known of the ids that both arms gave to the same thing: legacy customer 3010 is service customer 5001. Two
 * values are `same` when they were seen as ids of one thing, `conflict` when one of them belongs to another thing already,
 * `unknown` when nothing is known: then they are compared as they are. A short number is an id only where its place does
 * not say that it is something else: order 31 is order 33, and a quantity of 31 is not one of 33.
 */
export interface IdPairs {
  /** Without a place, any thing is meant. */
  relate(legacy: Json, service: Json, place?: IdPlace): 'same' | 'conflict' | 'unknown'
}

/** What the place of a value says of it: its key, or the word before it, and what stands around that; both may be empty. */
export interface IdPlace {
  readonly key: string
  readonly around: string
}
