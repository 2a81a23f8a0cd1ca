import type { IdReport } from '../../compare/index.ts'
import { ownCopy } from './bounded-map.ts'
import type { IdPair } from './id-map.ts'

/** Where a pair was learnt: the exchange, its route, and the place in its answer or in what its request carries. */
export interface LearntAt {
  readonly exchange: string
  readonly route: string
  readonly place: string
}

type Learnt = NonNullable<IdReport['learnt']>[number]

/** Counts pairs by the field that they were learnt at, for a person to see that a field holds ids at all. */
export interface LearntFields {
  /** Gives the field's number, to take the pair back by. */
  add(pair: IdPair, at: LearntAt): number
  takeBack(field: number): void
  /** Most pairs first; the first pair of each, unless it is a session or a token. */
  report(): readonly Learnt[]
}

const maxFields = 200

/** Starts with none; beyond 200 fields all others are one. */
export function buildLearntFields(): LearntFields {
  const fields: { -readonly [Key in keyof Learnt]: Learnt[Key] }[] = []
  const numbers = new Map<string, number>()
  return {
    add({ legacy, service, passing }, { exchange, route, place }) {
      const known = numbers.get(`${route} ${place}`) ?? (fields.length > maxFields ? maxFields : undefined)
      const field = known === undefined ? undefined : fields[known]
      if (known !== undefined && field !== undefined) {
        field.pairs += 1
        return known
      }
      const isRest = fields.length === maxFields
      const where = isRest ? { route: 'other', place: 'fields' } : { route: ownCopy(route), place: ownCopy(place) }
      if (!isRest) numbers.set(ownCopy(`${route} ${place}`), fields.length)
      const first = { legacy: ownCopy(legacy), service: ownCopy(service), exchange: ownCopy(exchange) }
      return fields.push({ ...where, pairs: 1, first: passing ? undefined : first }) - 1
    },
    takeBack(field) {
      const one = fields[field]
      if (one !== undefined) one.pairs -= 1
    },
    report: () =>
      fields
        .filter(({ pairs }) => pairs > 0)
        .map((field) => ({ ...field }))
        .sort((a, b) => b.pairs - a.pairs),
  }
}
