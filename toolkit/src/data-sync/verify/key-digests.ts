import type { AggregateKey } from '../capability.ts'
import { keyName } from '../key.ts'

const buckets = 16_384

/**
 * Digests of a set of keys that need no order and little memory: each key falls into one of 16 384 buckets, which keeps the count and the sum of hashes of
 * its keys. Two sets whose buckets are alike are the same set, and one that differs tells in which buckets to look (an invertible sketch, as for set reconciliation).
 */
export interface KeyDigests {
  add(key: AggregateKey): void
  /** The buckets that are not alike. */
  unlike(other: KeyDigests): ReadonlySet<number>
  readonly counts: Uint32Array
  readonly sums: Float64Array
}

/** Digests of no key. */
export function buildKeyDigests(): KeyDigests {
  const counts = new Uint32Array(buckets)
  const sums = new Float64Array(buckets)
  return {
    counts,
    sums,
    add: (key) => {
      const name = keyName(key)
      const bucket = bucketOf(name)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      // 32 bits each: below 2^21 keys a bucket the sum is exact.
      sums[bucket] = (sums[bucket] ?? 0) + hash(name, 0x9e3779b9)
    },
    unlike: (other) => {
      const found = new Set<number>()
      for (let bucket = 0; bucket < buckets; bucket++) {
        if (counts[bucket] !== other.counts[bucket] || sums[bucket] !== other.sums[bucket]) found.add(bucket)
      }
      return found
    },
  }
}

/** The bucket of a key. */
export function bucketOf(name: string): number {
  return hash(name, 0x811c9dc5) % buckets
}

/** FNV-1a over UTF-16 units, with the finalizer of MurmurHash3 so that near keys fall far apart. */
function hash(text: string, seed: number): number {
  let state = seed
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
