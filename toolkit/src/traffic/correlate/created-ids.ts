import { buildBoundedMap, ownCopy } from './bounded-map.ts'
import { isAlike, isCertainId, isIdByForm } from './id-like.ts'
import type { IdMap } from './id-map.ts'
import type { Produced } from './produced.ts'
import { isSecretToken } from './token-text.ts'

/** A value that the answer to a write brought forth, and what each arm brought forth in its place. */
export interface Created {
  readonly produced: Produced
  readonly legacy: string | undefined
  readonly service: string | undefined
  /** The exchange, its route, and where its request went. */
  readonly exchange: string
  readonly route: string
  readonly target: string
  /** No earlier answer brought it forth. */
  readonly isNew: boolean
}

/** Learns the ids that writes made, each arm by itself. */
export interface CreatedIds {
  learn(created: Created): void
}

/**
 * What a write's answer brought forth was made by that write; and so are sessions and their like. But a `taxCode` comes
 * again with other orders: what legacy says to two writes alike, under a name that need not be an id's, is struck out again,
 * for the service's other value would be hidden for good. Remembers at most `limit` such values.
 */
export function buildCreatedIds(ids: IdMap, limit: number): CreatedIds {
  const firstOf = buildBoundedMap<string>(limit)
  const comesAgain = ({ produced: { place }, legacy, exchange, target }: Created): boolean => {
    if (!place.startsWith('$') || isCertainId(place.slice(place.lastIndexOf('.') + 1))) return false
    const key = ownCopy(`${target} ${place} ${legacy}`)
    const first = firstOf.get(key)
    if (first === undefined) firstOf.put(key, exchange)
    return first !== undefined && first !== exchange
  }
  return {
    learn(created) {
      const { produced, legacy, service, exchange, route, isNew } = created
      if (legacy === undefined || service === undefined || legacy === service || !isAlike(legacy, service)) return
      const { noun, passing } = produced
      if (!passing && comesAgain(created)) ids.unlearn({ noun, legacy, service, passing })
      else if (isNew && isMadeUp(produced, legacy))
        ids.learn({ noun, legacy, service, passing }, exchange, { route, place: produced.place })
    },
  }
}

/** Of random words, only those that legacy says anew: it would not draw the same one twice. */
function isMadeUp({ value, place }: Produced, legacy: string): boolean {
  const isRandom = isIdByForm(legacy) && !/^\d+$/.test(legacy)
  if (isSecretToken(value)) return isRandom
  if (!isAlike(legacy, value)) return false
  return !isRandom || legacy !== value || isCertainId(place.slice(place.lastIndexOf('.') + 1))
}
