import type { Answer } from '../answer/answer.ts'
import { type CompareOptions, compareAnswers } from '../compare.ts'
import type { Difference } from '../difference.ts'
import { valuesOf } from '../report/whole-values.ts'
import { momentsApart } from './moment.ts'

/** What may be a stale read: an answer of the service that differs, and what legacy had said earlier of the same thing. */
export interface MaybeStale {
  readonly differences: readonly Difference[]
  readonly service: Answer
  /** Bodies, the latest last. */
  readonly earlier: readonly Buffer[]
  /** As the two answers were compared. */
  readonly comparing: CompareOptions
  /** Whether two answers of legacy differ there too. */
  isNoisy(difference: Difference): boolean
}

/** The differences that a stale read explains, and those at noisy paths that are as old as it is. */
export interface StaleRead {
  readonly explained: ReadonlySet<Difference>
  readonly asOld: ReadonlySet<Difference>
}

/** Clocks that tick between the arms are no older answers. */
const momentMs = 5000
/** Headers that tell which state of a thing an answer is. */
const ofTheState = new Set(['header:etag', 'header:last-modified', 'header:content-length'])

/**
 * Asks whether the service's whole answer is an earlier one of legacy, noise aside; or else whether a whole item of a
 * list is. One field alone that has an earlier value says nothing: many things have few values.
 */
export function staleReadIn(maybe: MaybeStale): StaleRead | undefined {
  const { differences, earlier, isNoisy } = maybe
  const telling = differences.filter((difference) => isTelling(difference) && !isNoisy(difference))
  if (telling.length === 0 || earlier.length === 0) return undefined
  const explained = earlier.some((body) => isWhole(maybe, body)) ? telling : inItems(maybe, telling)
  if (explained.length === 0) return undefined
  const whole = explained === telling
  const beside = (holds: (difference: Difference) => boolean) => new Set(whole ? differences.filter(holds) : [])
  const moments = beside((difference) => isOfBody(difference) && !isNoisy(difference))
  const headers = beside(({ path }) => ofTheState.has(path))
  return {
    explained: new Set([...explained, ...moments, ...headers]),
    asOld: beside((difference) => isOfBody(difference) && isNoisy(difference)),
  }
}

function isTelling(difference: Difference): boolean {
  const apart = momentsApart(difference.legacy, difference.service)
  return isOfBody(difference) && (apart === undefined || apart > momentMs)
}

function isOfBody({ path }: Difference): boolean {
  return path.startsWith('$') || path === 'status'
}

/** Whether nothing but noise lies between an earlier answer of legacy and the service's. */
function isWhole({ service, comparing, isNoisy }: MaybeStale, body: Buffer): boolean {
  const verdict = compareAnswers({ ...service, body }, service, comparing)
  if (verdict.kind === 'match' || verdict.kind === 'noise') return true
  if (verdict.kind !== 'mismatch' || (verdict.leftOut ?? 0) > 0) return false
  return verdict.differences.every((difference) => isNoisy(difference) || isMoment(difference))
}

function isMoment({ legacy, service }: Difference): boolean {
  return (momentsApart(legacy, service) ?? Number.POSITIVE_INFINITY) <= momentMs
}

/** The differences in those items of lists that stood in the same list of an earlier answer. */
function inItems({ service, earlier }: MaybeStale, telling: readonly Difference[]): readonly Difference[] {
  const now = valuesOf(service)
  const listsOf = new Map<string, ReadonlySet<string>>()
  return telling.filter(({ path }) => {
    const [item, list] = /^(.*?)\[\d+\]/.exec(path) ?? []
    const value = item === undefined ? undefined : now(item)
    if (item === path || list === undefined || value === undefined) return false
    const known = listsOf.get(list) ?? itemsIn(earlier, list)
    listsOf.set(list, known)
    return known.has(JSON.stringify(value))
  })
}

function itemsIn(earlier: readonly Buffer[], list: string): ReadonlySet<string> {
  const lists = earlier.map((body) => valuesOf({ body })(list))
  return new Set(lists.flatMap((items) => (Array.isArray(items) ? items.map((item) => JSON.stringify(item)) : [])))
}
