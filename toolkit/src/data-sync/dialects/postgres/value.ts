import type { ColumnValue } from '../../../anti-corruption/index.ts'

/** Reads a column's value from the text that PostgreSQL writes. */
export type Decode = (text: string) => ColumnValue

/** The built-in types whose text means something else to us. OIDs: pg_type.dat of PostgreSQL. */
const decoders: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text.slice(2), 'hex')],
  [20, integer],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
  [1184, instant],
])

const asIs: Decode = (text) => text

/**
 * How values of a type (OID; of a domain: its base type) are read: integers as numbers, beyond 2^53 as bigints; numeric, json, uuid,
 * arrays and all others as text; bool, bytea, floats as what they are; timestamptz as ISO 8601 in UTC, with milliseconds or, where it has them, microseconds.
 */
export function decoderOf(type: number): Decode {
  return decoders.get(type) ?? asIs
}

function integer(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const postgresInstant = /^(\d{4,})-(\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

// Years before our era and the infinities have no such form: they stay as PostgreSQL writes them.
function instant(text: string): string {
  const [, year, day, time, fraction = ''] = postgresInstant.exec(text) ?? []
  if (year === undefined || year.length > 4) return text
  return `${year}-${day}T${time}.${fraction.length > 3 ? fraction.padEnd(6, '0') : fraction.padEnd(3, '0')}Z`
}

/** A value that PostgreSQL has no place for; the message says why. */
export class UnstorableValue extends Error {}

/** A value as PostgreSQL reads it. Throws `UnstorableValue` for texts that cannot be stored in UTF-8 without a change. */
export function encode(value: ColumnValue): string | null {
  switch (typeof value) {
    case 'string':
      return storable(value)
    case 'boolean':
      return value ? 't' : 'f'
    case 'number':
    case 'bigint':
      return String(value)
    default:
      if (value === null) return null
      return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value.toISOString()
  }
}

const suspicious = /[\0\uD800-\uDFFF]/
const halfPair = /(?:[\uD800-\uDBFF](?![\uDC00-\uDFFF]))|(?:(?<![\uD800-\uDBFF])[\uDC00-\uDFFF])/

function storable(text: string): string {
  if (!suspicious.test(text)) return text
  if (text.includes('\0')) throw new UnstorableValue('PostgreSQL cannot store a NUL byte in a text')
  if (halfPair.test(text)) throw new UnstorableValue('the text is not valid Unicode: it has half of a surrogate pair')
  return text
}

const plainElement = /^[\w.+:-]+$/

/** Values as the text of a one-dimensional array. Texts that need no quotes get none: that is faster on both sides. */
export function arrayOf(values: readonly (string | null)[]): string {
  let text = '{'
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? null
    if (place > 0) text += ','
    if (value === null) text += 'NULL'
    else if (plainElement.test(value) && value.toLowerCase() !== 'null') text += value
    else text += `"${value.replace(/["\\]/g, '\\$&')}"`
  }
  return `${text}}`
}

const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const needsCare = /[\0\uD800-\uDFFF\\\t\n\r]/

/** A value as a field of COPY's text format. Throws `UnstorableValue` like `encode`. */
export function copyField(value: ColumnValue): string {
  if (typeof value === 'string' && !needsCare.test(value)) return value
  const text = encode(value)
  return text === null ? '\\N' : text.replace(/[\\\t\n\r]/g, (found) => copyEscapes[found] ?? found)
}
