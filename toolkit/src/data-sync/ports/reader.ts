import type { AggregateRows } from '../../anti-corruption/index.ts'
import type { AggregateKey } from '../capability.ts'

/** Aggregates by the text of their root's key (`String(key)`), in key order where they were read in order. */
export type LoadedAggregates = ReadonlyMap<string, LoadedAggregate>

/** One aggregate with its key as the database gave it. */
export interface LoadedAggregate {
  readonly key: AggregateKey
  readonly rows: AggregateRows
}

/** Reads aggregates; each call sees one snapshot of the database, roots and children alike. */
export interface AggregateReader {
  /** Whether a reading goes on while this process does something else; false: it holds the thread, so that reading ahead gains nothing. */
  readonly overlaps: boolean
  /** How many roots there are now. */
  count(): Promise<number>
  /** The next `limit` aggregates in key order, from behind `after` (undefined: from the first). */
  page(after: AggregateKey | undefined, limit: number): Promise<LoadedAggregates>
  /** The next `limit` keys in key order, from behind `after`. */
  keysAfter(after: AggregateKey | undefined, limit: number): Promise<readonly AggregateKey[]>
  /** Which of these keys have a root now, in whatever order and as the database writes them. */
  present(keys: readonly AggregateKey[]): Promise<readonly AggregateKey[]>
  /** The aggregates of these keys; those that do not exist are left out. */
  load(keys: readonly AggregateKey[]): Promise<LoadedAggregates>
}
