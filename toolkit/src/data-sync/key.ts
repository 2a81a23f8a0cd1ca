import type { ColumnValue, Row } from '../anti-corruption/index.ts'
import type { AggregateKey, KeyColumns, KeyPart } from './capability.ts'

/** A key as text, unique among the keys of one database table: what maps of aggregates are keyed by. */
export function keyName(key: AggregateKey): string {
  return isComposite(key)
    ? JSON.stringify(key.map((part) => (typeof part === 'bigint' ? String(part) : part)))
    : String(key)
}

/** The columns of a key as a list. */
export function keyColumns(key: KeyColumns): readonly string[] {
  return typeof key === 'string' ? [key] : key
}

/** The values of a key as a list. */
export function keyParts(key: AggregateKey): readonly KeyPart[] {
  return isComposite(key) ? key : [key]
}

/** The key that a row holds in these columns; undefined where one of them is null or missing. */
export function keyIn(row: Row, columns: KeyColumns): AggregateKey | undefined {
  if (typeof columns === 'string') return partOf(row[columns])
  const parts = columns.map((column) => partOf(row[column])).filter((part) => part !== undefined)
  return parts.length === columns.length ? parts : undefined
}

function isComposite(key: AggregateKey): key is readonly KeyPart[] {
  return typeof key === 'object'
}

function partOf(value: ColumnValue | undefined): KeyPart | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? value : undefined
}
