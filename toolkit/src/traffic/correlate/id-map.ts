import type { Json } from '../../base/index.ts'
import type { IdPairs, IdPlace, IdReport } from '../../compare/index.ts'
import { type BoundedMap, buildBoundedMap } from './bounded-map.ts'
import { isIdName, isSameNoun, isWeak, nounOf } from './id-like.ts'
import { buildLearntFields, type LearntAt, type LearntFields } from './learnt-fields.ts'

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
  learn(pair: IdPair, exchange: string, at?: Omit<LearntAt, 'exchange'>): void
  /** Strikes out a pair that proved to be none. */
  unlearn(pair: IdPair): void
  pairs(): number
  forgotten(): number
  /** By the fields that they were learnt at. */
  learnt: LearntFields['report']
  /** The first hundred. */
  conflicts(): IdReport['conflicts']
}

const maxConflicts = 100
/** One number is the id of few things: an order, a product. */
const maxMeanings = 8
const maxNouns = 1000

/** With the number of the field that it was learnt at. */
type KnownPair = IdPair & { readonly field?: number | undefined }
type Side = BoundedMap<readonly KnownPair[]>

/** Holds at most `limit` pairs; the oldest are forgotten. */
export function buildIdMap(limit: number): IdMap {
  const ofLegacy: Side = buildBoundedMap(limit)
  const ofService: Side = buildBoundedMap(limit)
  const conflicts = new Map<string, { legacy: string; service: string[]; exchange: string }>()
  const nouns = new Set<string>()
  const fields = buildLearntFields()
  let pairs = 0
  return {
    relate(legacy, service, place) {
      const one = textOf(legacy)
      const other = textOf(service)
      if (one === undefined || other === undefined) return 'unknown'
      const fits = (pair: IdPair) => place === undefined || fitsPlace(pair, place, nouns)
      const meant = ofLegacy.get(one)?.filter(fits) ?? []
      if (meant.some((pair) => pair.service === other)) return 'same'
      return meant.length > 0 || ofService.get(other)?.some(fits) === true ? 'conflict' : 'unknown'
    },
    learn(pair, exchange, at) {
      const met = find(ofLegacy, pair.legacy, pair.noun) ?? find(ofService, pair.service, pair.noun)
      const before = pair.passing && met?.service !== pair.service ? undefined : met
      if (before === undefined) {
        pairs += 1
        if (nouns.size < maxNouns) nouns.add(pair.noun)
        const known = at === undefined ? pair : { ...pair, field: fields.add(pair, { ...at, exchange }) }
        note(ofLegacy, pair.legacy, known)
        note(ofService, pair.service, known)
      } else if (before.legacy !== pair.legacy || before.service !== pair.service) {
        report(conflicts, [before, pair], exchange)
      }
    },
    unlearn(pair) {
      const known = find(ofLegacy, pair.legacy, pair.noun)
      if (known?.service !== pair.service) return
      pairs -= 1
      if (known.field !== undefined) fields.takeBack(known.field)
      strike(ofLegacy, pair.legacy, pair)
      strike(ofService, pair.service, pair)
    },
    pairs: () => pairs,
    forgotten: ofLegacy.forgotten,
    learnt: fields.report,
    conflicts: () => [...conflicts.values()],
  }
}

/** Keys of pages and texts, which say nothing of what stands there. */
const mute = /^(?:@.*|text|)$/

/**
 * Whether a value in this place may be an id of the pair's kind. Long ones are met by nothing else. A short number's name must agree;
 * one that is called an id of a kind of which no pair is known (`parentId`) may be of any kind.
 */
function fitsPlace(pair: IdPair, { key, around }: IdPlace, nouns: ReadonlySet<string>): boolean {
  if (!isWeak(pair.legacy) || !isWeak(pair.service) || mute.test(key)) return true
  const noun = nounOf(key, nounOf(around, ''))
  if (isIdName(key) && !nouns.has(noun)) return true
  return pair.noun === '' ? isIdName(key) : isSameNoun(noun, pair.noun)
}

function textOf(value: Json): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function find(side: Side, id: string, noun: string): KnownPair | undefined {
  return side.get(id)?.find((pair) => pair.noun === noun)
}

function note(side: Side, id: string, pair: KnownPair): void {
  const others = (side.get(id) ?? []).filter(({ noun }) => noun !== pair.noun)
  side.put(id, [...others, pair].slice(-maxMeanings))
}

function strike(side: Side, id: string, pair: IdPair): void {
  side.put(
    id,
    (side.get(id) ?? []).filter(({ noun }) => noun !== pair.noun),
  )
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
