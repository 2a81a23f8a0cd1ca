import type { Json } from '../base/index.ts'

/**
 * What is known of the ids that both arms gave to the same thing: legacy customer 3010 is service customer 5001. Two
 * values are `same` when they were seen as ids of one thing, `conflict` when one of them belongs to another thing already,
 * `unknown` when nothing is known: then they are compared as they are.
 */
export interface IdPairs {
  relate(legacy: Json, service: Json): 'same' | 'conflict' | 'unknown'
}
