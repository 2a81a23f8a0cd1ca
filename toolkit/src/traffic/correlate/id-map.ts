import type { Json } from '../../base/index.ts'
import type { IdPairs, IdReport } from '../../compare/index.ts'
import { type BoundedMap, buildBoundedMap } from './bounded-map.ts'

/** Two ids that the arms gave to one thing. */
export interface IdPair {
  readonly noun: string
  readonly legacy: string
  readonly service: string
  /** A session or a form's token: it may be made anew at any time, so another one is no contradiction. */
  readonly passing: boolean
}

/** The ids that both arms gave to the same things: a map that can be read in both directions. */
export interface IdMap extends IdPairs {
  /** Learns a pair; one that contradicts what is known is a finding of `exchange`, and is not learned. */
  learn(pair: IdPair, exchange: string): void
  pairs(): number
  /** The first hundred. */
  conflicts(): IdReport['conflicts']
}

const maxConflicts = 100
/** One number is the id of few things: an order, a product. */
const maxMeanings = 8

type Side = BoundedMap<readonly IdPair[]>

/** Holds at most `limit` pairs; the oldest are forgotten. */
export function buildIdMap(limit: number): IdMap {
  const ofLegacy: Side = buildBoundedMap(limit)
  const ofService: Side = buildBoundedMap(limit)
  const conflicts = new Map<string, { legacy: string; service: string[]; exchange: string }>()
  let pairs = 0
  return {
    relate(legacy, service) {
      const one = textOf(legacy)
      const other = textOf(service)
      if (one === undefined || other === undefined) return 'unknown'
      const meant = ofLegacy.get(one)
      if (meant?.some((pair) => pair.service === other) === true) return 'same'
      return meant === undefined && ofService.get(other) === undefined ? 'unknown' : 'conflict'
    },
    learn(pair, exchange) {
      const met = find(ofLegacy, pair.legacy, pair.noun) ?? find(ofService, pair.service, pair.noun)
      const before = pair.passing && met?.service !== pair.service ? undefined : met
      if (before === undefined) {
        pairs += 1
        note(ofLegacy, pair.legacy, pair)
        note(ofService, pair.service, pair)
      } else if (before.legacy !== pair.legacy || before.service !== pair.service) {
        report(conflicts, [before, pair], exchange)
      }
    },
    pairs: () => pairs,
    conflicts: () => [...conflicts.values()],
  }
}

function textOf(value: Json): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function find(side: Side, id: string, noun: string): IdPair | undefined {
  return side.get(id)?.find((pair) => pair.noun === noun)
}

function note(side: Side, id: string, pair: IdPair): void {
  const others = (side.get(id) ?? []).filter(({ noun }) => noun !== pair.noun)
  side.put(id, [...others, pair].slice(-maxMeanings))
}

function report(
  conflicts: Map<string, { legacy: string; service: string[]; exchange: string }>,
  [before, pair]: readonly [IdPair, IdPair],
  exchange: string,
): void {
  const known = conflicts.get(before.legacy)
  if (known === undefined) {
    if (conflicts.size >= maxConflicts) return
    const service = [...new Set([before.service, pair.service])]
    conflicts.set(before.legacy, { legacy: before.legacy, service, exchange })
  } else if (!known.service.includes(pair.service)) known.service.push(pair.service)
}
