import type { ColumnValue } from '../../../anti-corruption/index.ts'
import type { AggregateKey, KeyColumns, KeyPart } from '../../capability.ts'
import { keyColumns, keyParts } from '../../key.ts'
import { quoted } from './handle.ts'

/** A key as JSON text with exact integers: `7`, `"x"`, `[1,"x"]`. JSON.stringify knows no bigint. */
export function keyJson(key: AggregateKey): string {
  const parts = keyParts(key).map(partJson)
  return typeof key === 'object' ? `[${parts.join(',')}]` : parts.join()
}

/** The key of a JSON text; integers beyond 2^53 become bigints. Inverse of `keyJson`. */
export function parseKeyJson(text: string): AggregateKey {
  const parts = (text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? []).map(parsePart)
  const [only = text] = parts
  return text.trimStart().startsWith('[') ? parts : only
}

/** Keys as one JSON array, for `keysIn`. */
export function keysJson(keys: readonly AggregateKey[]): string {
  return `[${keys.map(keyJson).join(',')}]`
}

/** The condition that a row's key is among those of a JSON array, which is its one parameter. */
export function keysIn(columns: KeyColumns): string {
  if (typeof columns === 'string') return `${quoted(columns)} IN (SELECT value FROM json_each(?))`
  const parts = columns.map((_, place) => `json_extract(value, '$[${place}]')`)
  return `(${listed(columns)}) IN (SELECT ${parts.join(', ')} FROM json_each(?))`
}

/** Column names in SQL: `"a", "b"`. */
export function listed(columns: KeyColumns): string {
  return keyColumns(columns).map(quoted).join(', ')
}

/** A comparison of a key with as many parameters as it has columns: `("a", "b") > (?, ?)`. */
export function comparing(columns: KeyColumns, operator: '>' | '>=' | '<=' | '='): string {
  if (typeof columns === 'string') return `${quoted(columns)} ${operator} ?`
  return `(${listed(columns)}) ${operator} (${columns.map(() => '?').join(', ')})`
}

/** The key of a row in SQL, as the outbox holds it: one column as it stands, several as a JSON array. */
export function keyExpression(columns: KeyColumns, row?: 'OLD' | 'NEW'): string {
  const names = keyColumns(columns).map((column) => (row === undefined ? quoted(column) : `${row}.${quoted(column)}`))
  return typeof columns === 'string' ? names.join() : `json_array(${names.join(', ')})`
}

/** The condition that a row belongs to an aggregate: no column of the key is null. */
export function keyPresent(columns: KeyColumns, row?: 'OLD' | 'NEW'): string {
  const prefix = row === undefined ? '' : `${row}.`
  return keyColumns(columns)
    .map((column) => `${prefix}${quoted(column)} IS NOT NULL`)
    .join(' AND ')
}

/** A key as one value of the sync's own tables, which do not know how many columns it has: text that could be taken for JSON stands as JSON. */
export function storedKey(key: AggregateKey): KeyPart {
  if (typeof key === 'object') return keyJson(key)
  return typeof key === 'string' && /^["[]/.test(key) ? JSON.stringify(key) : key
}

/** The key of a stored value, inverse of `storedKey`; undefined for what is no key. */
export function fromStored(value: ColumnValue | undefined): AggregateKey | undefined {
  if (typeof value === 'string') return /^["[]/.test(value) ? parseKeyJson(value) : value
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}

function partJson(part: KeyPart): string {
  return typeof part === 'bigint' ? String(part) : JSON.stringify(part)
}

function parsePart(token: string): KeyPart {
  if (token.startsWith('"')) return String(JSON.parse(token))
  const number = Number(token)
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(token) ? BigInt(token) : number
}
