import type { Json } from '../../base/index.ts'
import { generalPath } from '../body/path.ts'
import type { Difference } from '../difference.ts'
import { patternsOf } from './patterns.ts'
import { buildPairs, type PairCollector } from './seen-pairs.ts'

const maxFieldsPerRoute = 400
const maxSignaturesPerField = 64
const maxPairsPerField = 24

/** Differences of one route, kind and path that fit the same patterns: what clusters are made of. */
export interface Signature {
  readonly id: number
  readonly route: string
  readonly kind: Difference['kind']
  /** With `[*]` for every array index. */
  readonly path: string
  readonly patterns: readonly string[]
  /** One value that became another, where both may be of an enum; undefined where any pattern fits, and beyond 24. */
  readonly pair?: ValuePair | undefined
  /** Whether a whole answer that is older explains it. */
  readonly isStale: boolean
  /** Of differences between the arms; those between two answers of legacy are only counted elsewhere. */
  readonly pairs: PairCollector
  /** Whether two answers of legacy show it too. */
  isOfLegacy: boolean
  /** Of differences between two answers of legacy: how far numbers or instants are apart at most; 0 for none. */
  mostApartOfLegacy: number
}

/** What a value of legacy became, as JSON. */
export interface ValuePair {
  readonly legacy: string
  readonly service: string
}

/** What else a signature depends on: the whole values, where they were cut; whether it is of a stale read. */
export interface SignatureOf {
  readonly whole?: Pick<Difference, 'legacy' | 'service'> | undefined
  readonly isStale?: boolean | undefined
}

/** Gives differences their signature, in bounded number. */
export interface Signatures {
  /** Undefined when the route has too many kinds of difference already. */
  of(route: string, found: Difference, more?: SignatureOf): Signature | undefined
  byId(id: number): Signature | undefined
  all(): readonly Signature[]
}

/** Starts with none. */
export function buildSignatures(): Signatures {
  const all: Signature[] = []
  const fields = new Map<string, Map<string, Signature>>()
  const fieldsOfRoute = new Map<string, number>()
  const fieldOf = (route: string, key: string) => {
    const known = fields.get(key)
    const count = fieldsOfRoute.get(route) ?? 0
    if (known !== undefined || count >= maxFieldsPerRoute) return known
    fieldsOfRoute.set(route, count + 1)
    const field = new Map<string, Signature>()
    fields.set(key, field)
    return field
  }
  return {
    of(route, found, { whole = found, isStale = false } = {}) {
      const path = generalPath(found.path)
      const field = fieldOf(route, `${route}\n${found.kind} ${path}`)
      if (field === undefined) return undefined
      const fitting = patternsOf({ ...whole, kind: found.kind })
      const patterns = field.size < maxSignaturesPerField || field.has(fitting.join('\n')) ? fitting : []
      const pair = patterns.length === 0 && !isStale ? pairOf(field, found) : undefined
      const key = `${isStale ? 'stale ' : ''}${pair === undefined ? patterns.join('\n') : pairKey(pair)}`
      const known = field.get(key)
      if (known !== undefined) return known
      const made: Signature = {
        id: all.length,
        route,
        kind: found.kind,
        path,
        patterns,
        pair,
        isStale,
        pairs: buildPairs(),
        isOfLegacy: false,
        mostApartOfLegacy: 0,
      }
      all.push(made)
      field.set(key, made)
      return made
    },
    byId: (id) => all[id],
    all: () => all,
  }
}

const word = /^[\p{L}_-]{1,24}$/u

/** Undefined for what is no value of an enum, and when there are too many pairs already. */
function pairOf(
  field: ReadonlyMap<string, Signature>,
  { kind, legacy, service }: Pick<Difference, 'kind' | 'legacy' | 'service'>,
): ValuePair | undefined {
  if ((kind !== 'value' && kind !== 'type') || !isCode(legacy) || !isCode(service)) return undefined
  const pair = { legacy: JSON.stringify(legacy), service: JSON.stringify(service) }
  if (field.has(pairKey(pair))) return pair
  const pairs = [...field.values()].filter((signature) => signature.pair !== undefined)
  return pairs.length < maxPairsPerField ? pair : undefined
}

function pairKey({ legacy, service }: ValuePair): string {
  return `=${legacy}=>${service}`
}

/** A word without digits, a small number or a yes/no: ids and texts are none. */
function isCode(value: Json | undefined): boolean {
  if (typeof value === 'string') return word.test(value)
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1000)
}
