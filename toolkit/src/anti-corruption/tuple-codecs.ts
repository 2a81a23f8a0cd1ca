import type { ColumnValue } from './aggregate-rows.ts'
import { refuse, shown } from './codec.ts'
import type { TupleCodec } from './fields.ts'

/**
 * `SMITH, JOHN` as first and last name, in that order, with capitals where names usually have them. A name without a comma is a
 * last name. Capitals that this cannot guess (McKay) are kept by the mapping's memory.
 */
export function lastFirstName(): TupleCodec {
  return {
    toService: ([name]) => {
      if (typeof name !== 'string' || name.trim() === '') return refuse(`no name: ${shown(name)}`)
      const comma = name.indexOf(',')
      const [last, first] = comma < 0 ? [name, ''] : [name.slice(0, comma), name.slice(comma + 1)]
      return [capitalized(first.trim()), capitalized(last.trim())]
    },
    toLegacy: ([first, last]) => {
      if (typeof first !== 'string' || typeof last !== 'string')
        return refuse(`no name: ${shown(first)}, ${shown(last)}`)
      if (last.includes(',')) return refuse(`a last name cannot hold a comma: ${shown(last)}`)
      return [first === '' ? last.toUpperCase() : `${last.toUpperCase()}, ${first.toUpperCase()}`]
    },
    losses: [{ path: '', what: 'legacy has capitals only', example: { from: 'Ian McKay', to: 'MCKAY, IAN' } }],
  }
}

function capitalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
}

/**
 * A nullable column that means two things: the service has the meaning in a column of its own, and the value where there is one.
 *
 * @example fields(['ph'], ['phone_kind', 'phone'], meanings([[null, 'unknown'], ['', 'declined']], 'given'))
 */
export function meanings(
  special: readonly (readonly [legacy: ColumnValue, meaning: string])[],
  otherwise: string,
): TupleCodec {
  const meaningOf = new Map(special)
  const legacyOf = new Map(special.map(([legacy, meaning]) => [meaning, legacy]))
  return {
    toService: ([value = null]) => {
      const meaning = meaningOf.get(value)
      return meaning === undefined ? [otherwise, value] : [meaning, null]
    },
    toLegacy: ([meaning = null, value = null]) => {
      if (meaning === otherwise) {
        return meaningOf.has(value) ? refuse(`${shown(value)} is not ${shown(otherwise)}`) : [value]
      }
      const legacy = typeof meaning === 'string' ? legacyOf.get(meaning) : undefined
      if (legacy === undefined)
        return refuse(`unknown meaning ${shown(meaning)}; known: ${[...legacyOf.keys(), otherwise].join(', ')}`)
      return value === null ? [legacy] : refuse(`${shown(meaning)} has no value, but there is ${shown(value)}`)
    },
  }
}
