import type { z } from 'zod'
import { parseJson } from '../base/index.ts'
import type { ColumnValue } from './aggregate-rows.ts'
import { type Codec, type Refusal, refuse, shown, textCodec } from './codec.ts'

/** The same value on both sides. */
export const same: Codec = { toService: (value) => value, toLegacy: (value) => value }

/**
 * An enumeration by its list of pairs, legacy's code first; null may be a code of its own. An unknown code is refused.
 *
 * @example codes([['A', 'active'], ['S', 'suspended'], [null, 'unrated']])
 */
export function codes(pairs: readonly (readonly [legacy: ColumnValue, service: ColumnValue])[]): Codec {
  const toService = new Map(pairs)
  const toLegacy = new Map(pairs.map(([legacy, service]) => [service, legacy]))
  if (toLegacy.size !== pairs.length || toService.size !== pairs.length)
    throw new Error('a code stands twice in the list')
  return {
    toService: (value) => lookUp(toService, value),
    toLegacy: (value) => lookUp(toLegacy, typeof value === 'boolean' && !toLegacy.has(value) ? Number(value) : value),
  }
}

function lookUp(known: ReadonlyMap<ColumnValue, ColumnValue>, value: ColumnValue): ColumnValue | Refusal {
  const found = known.get(value)
  if (found !== undefined) return found
  return refuse(`unknown code ${shown(value)}; known: ${[...known.keys()].map(shown).join(', ')}`)
}

/** A flag of letters as 1 and 0, which SQLite and PostgreSQL both take for a truth value. Default `Y` and `N`. */
export function flag(yes = 'Y', no = 'N'): Codec {
  return codes([
    [yes, 1],
    [no, 0],
  ])
}

/** Null stays null; anything else goes through `codec`. */
export function nullable(codec: Codec): Codec {
  return {
    ...codec,
    toService: (value) => (value === null ? null : codec.toService(value)),
    toLegacy: (value) => (value === null ? null : codec.toLegacy(value)),
  }
}

/** A decimal text as a whole number of its smallest unit: `12.50` as 1250 with `scale` 2. */
export function decimal(scale: number): Codec {
  return textCodec({
    toService: (text) => {
      const [, sign, whole = '', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? []
      if (sign === undefined) return refuse(`no decimal number: ${shown(text)}`)
      if (part.length > scale && /[1-9]/.test(part.slice(scale)))
        return refuse(`${shown(text)} has more than ${scale} decimals`)
      const units = Number(part.length === scale ? whole + part : whole + part.slice(0, scale).padEnd(scale, '0'))
      if (!Number.isSafeInteger(units)) return refuse(`${shown(text)} is too large`)
      return sign === '-' && units !== 0 ? -units : units
    },
    toLegacy: (value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse(`no whole number: ${shown(value)}`)
      const digits = String(Math.abs(value)).padStart(scale + 1, '0')
      const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
      return value < 0 ? `-${text}` : text
    },
  })
}

/** A list in one text, such as `BOOKS,GARDEN`, as a JSON array of texts; '' as the empty list. */
export function commaList(separator = ','): Codec {
  return textCodec({
    toService: (text) => JSON.stringify(text === '' ? [] : text.split(separator)),
    toLegacy: (value) => {
      const list = typeof value === 'string' ? parseJson(value) : undefined
      if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
        return refuse(`no list of texts: ${shown(value)}`)
      const unfit =
        list.find((item) => item.includes(separator)) ??
        (list.length === 1 ? list.find((item) => item === '') : undefined)
      if (unfit !== undefined)
        return refuse(`${shown(unfit)} cannot stand in a list that is parted by ${shown(separator)}`)
      return list.join(separator)
    },
  })
}

/** A two-way zod codec (`z.codec`) whose input is legacy's form; the first issue becomes the reason. */
export function fromZod<Schema extends z.ZodType<ColumnValue, ColumnValue>>(schema: Schema): Codec {
  return {
    toService: (value) => {
      const decoded = schema.safeDecode(value as z.input<Schema>)
      return decoded.success ? decoded.data : refuse(reasonOf(decoded.error, value))
    },
    toLegacy: (value) => {
      const encoded = schema.safeEncode(value as z.output<Schema>)
      return encoded.success ? encoded.data : refuse(reasonOf(encoded.error, value))
    },
  }
}

function reasonOf(error: z.ZodError, value: ColumnValue): string {
  return `${error.issues[0]?.message ?? 'not allowed'}: ${shown(value)}`
}
