/** A map that forgets what was longest not put, so that it holds between half of its limit and all of it. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined
  put(key: string, value: Value): void
  /** How many keys were forgotten. */
  forgotten(): number
}

/**
 * Two generations: when the young one is full, the old one goes at once. A single map would have to look for its oldest
 * key behind all that was deleted before it.
 */
export function buildBoundedMap<Value>(limit: number): BoundedMap<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let forgotten = 0
  return {
    get: (key) => young.get(key) ?? old.get(key),
    put(key, value) {
      old.delete(key)
      young.set(key, value)
      if (young.size * 2 < limit) return
      forgotten += old.size
      old = young
      young = new Map()
    },
    forgotten: () => forgotten,
  }
}

/** A copy of a text that was cut out of a longer one, which it would keep in memory as long as it lives itself. */
export function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString()
}
