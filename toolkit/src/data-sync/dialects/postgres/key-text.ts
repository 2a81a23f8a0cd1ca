import type { ColumnValue } from '../../../anti-corruption/index.ts'
import type { AggregateKey, KeyColumns, KeyPart } from '../../capability.ts'
import { keyColumns, keyParts } from '../../key.ts'
import { quoted } from './names.ts'
import type { PostgresColumn, TableShape } from './schema.ts'
import type { TextRow } from './session.ts'
import { arrayOf, encode } from './value.ts'

/** Key columns with what is known of them. Throws nothing: a column that is missing is one of type text, and the statement fails with the database's words. */
export function keyShape(shape: TableShape, columns: KeyColumns): readonly PostgresColumn[] {
  return keyColumns(columns).map((name) => shape.column.get(name) ?? { ...missing, name })
}

const missing: Omit<PostgresColumn, 'name'> = {
  type: 'text',
  base: 25,
  category: 'S',
  notNull: false,
  generated: false,
  maxLength: undefined,
  decode: (text) => text,
}

/** Column names in SQL, each with the alias of its table: `t."a", t."b"`. */
export function listed(columns: KeyColumns, alias?: string): string {
  const prefix = alias === undefined ? '' : `${alias}.`
  return keyColumns(columns)
    .map((column) => prefix + quoted(column))
    .join(', ')
}

/** A condition and its parameters; the first is `$start`. */
export interface Condition {
  readonly sql: string
  readonly parameters: readonly string[]
}

/** The condition that the key in these columns is among `keys`; keys that the columns cannot hold are left out, for they cannot be there. */
export function among(columns: readonly PostgresColumn[], keys: readonly AggregateKey[], start = 1): Condition {
  const parts = keys.map((key) => encodedKey(columns, key)).filter((parts) => parts !== undefined)
  const arrays = columns.map((_, place) => arrayOf(parts.map((values) => values[place] ?? null)))
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const [only] = columns
  if (columns.length === 1 && only !== undefined)
    return { sql: `${names} = ANY ($${start}::${only.type}[])`, parameters: arrays }
  const lists = columns.map(({ type }, place) => `$${start + place}::${type}[]`).join(', ')
  return { sql: `(${names}) IN (SELECT * FROM unnest(${lists}))`, parameters: arrays }
}

/** A comparison of a key: `("a", "b") > ($1::integer, $2::text)`. */
export function comparing(
  columns: readonly PostgresColumn[],
  operator: '>' | '>=' | '<=',
  against: { readonly key: AggregateKey; readonly start?: number },
): Condition {
  const { key, start = 1 } = against
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const values = columns.map(({ type }, place) => `$${start + place}::${type}`).join(', ')
  return { sql: `(${names}) ${operator} (${values})`, parameters: keyParts(key).map((part) => String(part)) }
}

/** The values of a key as texts; undefined where a column cannot hold one of them. */
export function encodedKey(columns: readonly PostgresColumn[], key: AggregateKey): readonly string[] | undefined {
  const parts = keyParts(key)
  const fits = columns.length === parts.length && columns.every((column, place) => holds(column, parts[place]))
  return fits ? parts.map((part) => String(part)) : undefined
}

const integerBounds: Readonly<Record<number, bigint>> = { 21: 2n ** 15n, 23: 2n ** 31n, 20: 2n ** 63n }
const uuid = 2950
const uuidForm = /^[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}$/i

function holds({ base }: PostgresColumn, part: KeyPart | undefined): boolean {
  if (part === undefined) return false
  const bound = integerBounds[base]
  if (bound !== undefined) {
    if (!/^-?\d{1,19}$/.test(String(part))) return false
    const value = BigInt(part)
    return value >= -bound && value < bound
  }
  if (base === uuid) return uuidForm.test(String(part))
  return typeof part !== 'string' || encodes(part)
}

function encodes(text: string): boolean {
  try {
    return encode(text) !== null
  } catch {
    return false
  }
}

/** The largest value of an integer column; undefined for other types. */
export function largestOf({ base }: PostgresColumn): bigint | undefined {
  const bound = integerBounds[base]
  return bound === undefined ? undefined : bound - 1n
}

/** The key in the first columns of a row; undefined where one is null or no key. */
export function keyOfTexts(columns: readonly PostgresColumn[], row: TextRow): AggregateKey | undefined {
  const parts: KeyPart[] = []
  for (const [place, column] of columns.entries()) {
    const text = row[place]
    const part = text === null || text === undefined ? null : keyPart(column.decode(text))
    if (part === null) return undefined
    parts.push(part)
  }
  return parts.length === 1 ? parts[0] : parts
}

function keyPart(value: ColumnValue): KeyPart | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  return null
}

/**
 * The key of a row in SQL as the outbox holds it: the text of one column, or the JSON array of the texts of several.
 * Null where the row belongs to no aggregate.
 */
export function keyExpression(columns: readonly PostgresColumn[], alias: string): string {
  const texts = columns.map((column) => textOf(column, `${alias}.${quoted(column.name)}`))
  if (texts.length === 1) return texts.join()
  const present = columns.map(({ name }) => `${alias}.${quoted(name)} IS NOT NULL`).join(' AND ')
  return `CASE WHEN ${present} THEN pg_catalog.json_build_array(${texts.join(', ')})::pg_catalog.text END`
}

const bpchar = 1042

// A cast to text takes the blanks of a char(n) away, which its rows are written with.
function textOf({ base }: PostgresColumn, value: string): string {
  return base === bpchar
    ? `CASE WHEN ${value} IS NOT NULL THEN pg_catalog.concat(${value}) END`
    : `${value}::pg_catalog.text`
}

/** The key of an outbox row's text; undefined for a text that is none. */
export function outboxKey(columns: readonly PostgresColumn[], text: string): AggregateKey | undefined {
  if (columns.length === 1) return keyOfTexts(columns, [text])
  const texts: unknown = JSON.parse(text)
  return Array.isArray(texts) ? keyOfTexts(columns, texts.map(String)) : undefined
}

/** A key of any database as text for the sync's own tables: JSON, with exact integers. */
export function storedKey(key: AggregateKey): string {
  const parts = keyParts(key).map((part) => (typeof part === 'bigint' ? String(part) : JSON.stringify(part)))
  return typeof key === 'object' ? `[${parts.join(',')}]` : parts.join()
}

/** Inverse of `storedKey`. */
export function fromStored(text: string): AggregateKey {
  const parts = (text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? []).map(storedPart)
  const [only = text] = parts
  return text.startsWith('[') ? parts : only
}

function storedPart(token: string): KeyPart {
  if (token.startsWith('"')) return String(JSON.parse(token))
  const number = Number(token)
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(token) ? BigInt(token) : number
}
