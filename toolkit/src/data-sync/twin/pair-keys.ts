import type { Json } from '../../base/index.ts'
import type { IdPairs } from '../../compare/ids.ts'
import type { AggregateKey } from '../capability.ts'
import type { Direction } from '../direction.ts'
import { keyName, keyParts } from '../key.ts'

/** One aggregate that was written, by its key on each arm; undefined: that arm has none of it. */
export interface WrittenPair {
  readonly legacy: AggregateKey | undefined
  readonly service: AggregateKey | undefined
  /** Which arms wrote it. */
  readonly by: 'both' | 'legacy' | 'service'
}

/** The keys of the aggregates that each arm wrote. */
export interface WrittenKeys {
  readonly legacy: readonly AggregateKey[]
  readonly service: readonly AggregateKey[]
}

/**
 * Which written aggregate of one arm is which of the other: by the ids that the arms gave to the same thing, as far as they are known; else by the mapping of
 * keys, which for most capabilities is the same key.
 */
export function pairKeys(keys: WrittenKeys, direction: Direction, ids: IdPairs): readonly WrittenPair[] {
  const left = new Map(keys.service.map((key) => [keyName(key), key]))
  const pairs: WrittenPair[] = []
  const strangers: AggregateKey[] = []
  for (const legacy of keys.legacy) {
    const service = direction.targetKey(legacy)
    // An id that was given to another thing on the other arm is no sign of sameness.
    if (relation(ids, legacy, service) === 'conflict') strangers.push(legacy)
    else pairs.push({ legacy, service, by: left.delete(keyName(service)) ? 'both' : 'legacy' })
  }
  for (const legacy of strangers) pairs.push(related(legacy, left, { ids, direction }))
  for (const service of left.values()) pairs.push(ofService(service, direction, ids))
  return pairs
}

function related(
  legacy: AggregateKey,
  left: Map<string, AggregateKey>,
  { ids, direction }: { readonly ids: IdPairs; readonly direction: Direction },
): WrittenPair {
  for (const [name, service] of left) {
    if (relation(ids, legacy, service) !== 'same') continue
    left.delete(name)
    return { legacy, service, by: 'both' }
  }
  const service = direction.targetKey(legacy)
  return { legacy, service, by: left.delete(keyName(service)) ? 'both' : 'legacy' }
}

function ofService(service: AggregateKey, direction: Direction, ids: IdPairs): WrittenPair {
  const legacy = direction.sourceKey(service)
  return relation(ids, legacy, service) === 'conflict'
    ? { legacy: undefined, service, by: 'service' }
    : { legacy, service, by: 'service' }
}

/** Ids stand in answers as numbers or as texts. */
function relation(ids: IdPairs, legacy: AggregateKey, service: AggregateKey): 'same' | 'conflict' | 'unknown' {
  const [a, b] = [keyParts(legacy), keyParts(service)]
  const [one, other] = [a[0], b[0]]
  if (a.length !== 1 || b.length !== 1 || one === undefined || other === undefined) return 'unknown'
  const said = ids.relate(String(one), String(other))
  return said === 'unknown' ? ids.relate(json(one), json(other)) : said
}

function json(value: string | number | bigint): Json {
  return typeof value === 'bigint' ? String(value) : value
}
