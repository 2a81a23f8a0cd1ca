import type { ColumnValue, Row } from '../../../anti-corruption/index.ts'
import { sameColumn } from '../../../anti-corruption/index.ts'
import type { KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import { quoted } from './names.ts'
import type { PostgresColumn, TableShape } from './schema.ts'
import type { PostgresSession } from './session.ts'
import { arrayOf, encode, UnstorableValue } from './value.ts'

/** A row to be written, with what the database holds in its place; undefined where it holds nothing. */
export interface RowWrite {
  readonly row: Row
  readonly held: Row | undefined
}

/** Rows of one database table. */
export interface RowsWrite {
  readonly shape: TableShape
  readonly key: KeyColumns
  readonly writes: readonly RowWrite[]
}

/** Writes rows in a few statements: those that changed are updated, those that are new are inserted or, where they are there after all, updated. */
export async function writeRows(session: PostgresSession, { shape, key, writes }: RowsWrite): Promise<void> {
  const isNew = writes.filter(({ held }) => held === undefined)
  for (const { columns, rows } of bySignature(shape, rowsOf(isNew))) {
    await upsertRows(session, { shape, key, columns }, rows)
  }
  for (const { columns, rows } of bySignature(shape, rowsOf(writes.filter(hasChanged)))) {
    const table = { shape, key, columns }
    const updated = await updateRows(session, table, rows)
    if (updated < rows.length) await upsertRows(session, table, rows)
  }
}

function rowsOf(writes: readonly RowWrite[]): readonly Row[] {
  return writes.map(({ row }) => row)
}

function hasChanged({ row, held }: RowWrite): boolean {
  return held !== undefined && !Object.keys(row).every((column) => sameColumn(row[column], held[column]))
}

interface Target {
  readonly shape: TableShape
  readonly key: KeyColumns
  readonly columns: readonly PostgresColumn[]
}

/** Rows with the columns that each of them names. */
export interface SameColumns {
  readonly columns: readonly PostgresColumn[]
  readonly rows: Row[]
}

/** Rows that name the same columns, which go into one statement. A generated column is the database's own business. */
export function bySignature(shape: TableShape, rows: readonly Row[]): readonly SameColumns[] {
  const groups = new Map<string, SameColumns>()
  let last: { readonly names: readonly string[]; readonly rows: Row[] } | undefined
  for (const row of rows) {
    const names = Object.keys(row)
    if (last !== undefined && isSame(last.names, names)) {
      last.rows.push(row)
      continue
    }
    const signature = JSON.stringify(names)
    const group = groups.get(signature) ?? { columns: columnsOf(shape, names), rows: [] }
    groups.set(signature, group)
    group.rows.push(row)
    last = { names, rows: group.rows }
  }
  return [...groups.values()]
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place])
}

function columnsOf(shape: TableShape, names: readonly string[]): readonly PostgresColumn[] {
  const known = names.map((name) => shape.column.get(name) ?? { ...unknownColumn, name })
  return known.filter(({ generated }) => !generated)
}

// The statement that names it fails with the database's own words.
const unknownColumn: Omit<PostgresColumn, 'name'> = {
  type: 'text',
  base: 25,
  category: 'S',
  notNull: false,
  generated: false,
  maxLength: undefined,
  decode: (text) => text,
}

async function upsertRows(session: PostgresSession, table: Target, rows: readonly Row[]): Promise<void> {
  const { shape, key, columns } = table
  const keys = keyColumns(key)
  const others = columns.filter(({ name }) => !keys.includes(name))
  const set = others.map(({ name }) => `${quoted(name)} = excluded.${quoted(name)}`)
  const action = set.length === 0 ? 'NOTHING' : `UPDATE SET ${set.join(', ')}`
  const { from, values } = unnested(shape, columns, rows)
  const sql = `INSERT INTO ${shape.sql} (${named(columns)}) OVERRIDING SYSTEM VALUE SELECT ${selected(columns)} FROM ${from}
    ON CONFLICT (${keys.map(quoted).join(', ')}) DO ${action}`
  await session.run(sql, ...values)
}

async function updateRows(session: PostgresSession, table: Target, rows: readonly Row[]): Promise<number> {
  const { shape, key, columns } = table
  const keys = keyColumns(key)
  const others = columns.filter(({ name }) => !keys.includes(name))
  if (others.length === 0) return rows.length
  const { from, values } = unnested(shape, columns, rows)
  const set = others.map((column) => `${quoted(column.name)} = ${selected([column])}`).join(', ')
  const same = keys.map((name) => `t.${quoted(name)} = v.${quoted(name)}`).join(' AND ')
  return await session.run(`UPDATE ${shape.sql} AS t SET ${set} FROM ${from} WHERE ${same}`, ...values)
}

function named(columns: readonly PostgresColumn[]): string {
  return columns.map(({ name }) => quoted(name)).join(', ')
}

const array = 'A'

// unnest takes arrays of arrays wholly apart, so such values travel as text.
function unnested(shape: TableShape, columns: readonly PostgresColumn[], rows: readonly Row[]) {
  const lists = columns.map(({ type, category }, place) => `$${place + 1}::${category === array ? 'text' : type}[]`)
  const values = columns.map(({ name }) => arrayOf(rows.map((row) => encoded(shape, name, row[name]))))
  return { from: `unnest(${lists.join(', ')}) AS v(${named(columns)})`, values }
}

function selected(columns: readonly PostgresColumn[]): string {
  return columns
    .map(({ name, type, category }) => `v.${quoted(name)}${category === array ? `::${type}` : ''}`)
    .join(', ')
}

function encoded(shape: TableShape, column: string, value: ColumnValue | undefined): string | null {
  try {
    return value === undefined ? null : encode(value)
  } catch (thrown) {
    throw namingColumn(thrown, shape, column)
  }
}

/** A value that has no place in PostgreSQL is told with its column. */
export function namingColumn(thrown: unknown, shape: TableShape, column: string): unknown {
  return thrown instanceof UnstorableValue ? new UnstorableValue(`${shape.table}.${column}: ${thrown.message}`) : thrown
}
