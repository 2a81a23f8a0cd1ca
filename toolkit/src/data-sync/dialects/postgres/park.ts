import { randomBytes, randomUUID } from 'node:crypto'
import type { AggregateRows, Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, KeyColumns } from '../../capability.ts'
import { keyColumns, keyName } from '../../key.ts'
import type { AggregateChange } from '../../ports/target.ts'
import type { AggregateShapes } from './catalog.ts'
import { among, keyOfTexts, keyShape, largestOf, listed } from './key-text.ts'
import { quoted } from './names.ts'
import { mentions, type PostgresColumn, type TableShape, type UniqueKey } from './schema.ts'
import type { PostgresSession } from './session.ts'
import { encode } from './value.ts'

/** Takes the unique values off the roots of a group, and its children away: `unparked` tells what to save in their place. */
export async function parkGroup(
  session: PostgresSession,
  shapes: AggregateShapes,
  changes: readonly AggregateChange[],
): Promise<void> {
  const keys = changes.filter(({ before }) => before !== undefined).map(({ key }) => key)
  for (const { shape, by } of keys.length === 0 ? [] : shapes.children) {
    const { sql, parameters } = among(keyShape(shape, by), keys)
    await session.run(`DELETE FROM ${shape.sql} WHERE ${sql}`, ...parameters)
  }
  const columns = parkedColumns(shapes)
  if (columns.length === 0) return
  const set = columns.map(({ name }, place) => `${quoted(name)} = $${place + 1}`).join(', ')
  for (const key of keys) {
    const { sql, parameters } = among(keyShape(shapes.root, shapes.tables.key), [key], columns.length + 1)
    await session.run(`UPDATE ${shapes.root.sql} SET ${set} WHERE ${sql}`, ...columns.map(placeholder), ...parameters)
  }
}

/** A change as it must be saved after parking: with every column that was parked, also those that the translator does not cover. */
export function unparked(shapes: AggregateShapes, change: AggregateChange): AggregateChange {
  const { key, next, before } = change
  if (next === undefined || before === undefined) return change
  const parked = parkedColumns(shapes).map(({ name }) => name)
  const kept = Object.fromEntries(parked.map((name) => [name, before.root[name] ?? null]))
  const rest = Object.fromEntries(Object.entries(before.root).filter(([name]) => !parked.includes(name)))
  const children: Record<string, readonly Row[]> = {}
  for (const child of shapes.children) {
    const nameOf = (row: Row) => JSON.stringify(keyColumns(child.key).map((column) => String(row[column])))
    const held = new Map(before.children[child.name]?.map((row) => [nameOf(row), row]))
    children[child.name] = (next.children[child.name] ?? []).map((row) => ({ ...held.get(nameOf(row)), ...row }))
  }
  return { key, next: { root: { ...kept, ...next.root }, children }, before: { root: rest, children: {} } }
}

/** The roots that hold a unique value which `next` wants, other than its own. */
export async function holdersOf(
  session: PostgresSession,
  shapes: AggregateShapes,
  next: AggregateRows,
): Promise<readonly AggregateKey[]> {
  const holders = new Map<string, AggregateKey>()
  const { root, tables } = shapes
  for (const key of await rootsSharing(session, { shape: root, rootKey: tables.key }, next.root))
    holders.set(keyName(key), key)
  for (const { shape, by, name } of shapes.children) {
    for (const row of next.children[name] ?? []) {
      for (const key of await rootsSharing(session, { shape, rootKey: by }, row)) holders.set(keyName(key), key)
    }
  }
  const own = keyColumns(tables.key).map((column) => next.root[column])
  holders.delete(typeof tables.key === 'string' ? String(own[0]) : JSON.stringify(own))
  return [...holders.values()]
}

async function rootsSharing(
  session: PostgresSession,
  { shape, rootKey }: { readonly shape: TableShape; readonly rootKey: KeyColumns },
  row: Row,
): Promise<readonly AggregateKey[]> {
  const found: AggregateKey[] = []
  for (const unique of shape.uniqueKeys) {
    const needed = shape.columns.filter(({ name }) => mentions(unique, name))
    if (needed.some(({ name }) => row[name] === undefined)) continue
    const condition = sharing(unique, needed)
    const sql = `SELECT ${listed(rootKey)} FROM ${shape.sql} WHERE ${condition}`
    const rows = await session.rows(sql, ...needed.map(({ name }) => encode(row[name] ?? null)))
    found.push(...rows.map((texts) => keyOfTexts(keyShape(shape, rootKey), texts)).filter((key) => key !== undefined))
  }
  return found
}

// Inside the subquery the bare names of an index's expression mean the given values; outside, the columns.
function sharing(unique: UniqueKey, needed: readonly PostgresColumn[]): string {
  const given = needed.map(({ name, type }, place) => `$${place + 1}::${type} AS ${quoted(name)}`).join(', ')
  const terms = unique.terms.map(
    ({ expression }) => `${expression} = (SELECT ${expression} FROM (SELECT ${given}) AS v)`,
  )
  return [...terms, ...(unique.where === undefined ? [] : [`(${unique.where})`])].join(' AND ')
}

function parkedColumns({ root, tables }: AggregateShapes): readonly PostgresColumn[] {
  const keys = keyColumns(tables.key)
  return root.columns.filter(
    (column) =>
      !keys.includes(column.name) &&
      !column.generated &&
      root.uniqueKeys.some((unique) => mentions(unique, column.name)) &&
      placeholder(column) !== undefined,
  )
}

const uuid = 2950

// A value that nobody has, for as long as the transaction lasts; undefined for a type that we know none of.
function placeholder(column: PostgresColumn): null | string | undefined {
  if (!column.notNull) return null
  const random = BigInt(`0x${randomBytes(6).toString('hex')}`)
  if (column.base === uuid) return randomUUID()
  if (column.category === 'S') return `parked-${random.toString(36)}@banyan.invalid`.slice(0, column.maxLength)
  if (column.category === 'D') return `0${1000n + (random % 8000n)}-01-01`
  if (column.category === 'N') return String(-1n - (random % (largestOf(column) ?? 2n ** 48n)))
  return undefined
}
