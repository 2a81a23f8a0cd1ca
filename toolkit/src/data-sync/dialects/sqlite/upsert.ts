import { type Row, sameColumn } from '../../../anti-corruption/index.ts'
import type { KeyColumns } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import { bindable, quoted, type SqliteHandle } from './handle.ts'
import { listed } from './key-text.ts'

// Ten rows to a statement take two thirds of the time of ten statements; more rows are no faster.
const together = 10

/** A database table that is written. */
export interface UpsertTarget {
  readonly table: string
  readonly key: KeyColumns
}

/** Inserts rows, or updates the columns that they name, in this order. A statement that a constraint refuses has written nothing. */
export function upsertRows(handle: SqliteHandle, target: UpsertTarget, rows: readonly Row[]): void {
  let begin = 0
  while (begin < rows.length) {
    const columns = Object.keys(rows[begin] ?? {})
    const { one, many } = upsertStatements(handle, target, columns)
    const end = Math.min(rows.length, begin + together)
    const alike = end - begin === together && rows.slice(begin + 1, end).every((row) => hasColumns(row, columns))
    if (alike) many.run(valuesOf(rows.slice(begin, end), columns))
    else one.run(valuesOf(rows.slice(begin, begin + 1), columns))
    begin += alike ? together : 1
  }
}

/** Whether a row names a value that `before` does not hold. */
export function isChanged(row: Row, before: Row | undefined): boolean {
  if (before === undefined) return true
  for (const column in row) if (!sameColumn(row[column], before[column])) return true
  return false
}

function hasColumns(row: Row, columns: readonly string[]): boolean {
  let place = 0
  for (const column in row) if (column !== columns[place++]) return false
  return place === columns.length
}

function valuesOf(rows: readonly Row[], columns: readonly string[]): readonly unknown[] {
  const values: unknown[] = []
  for (const row of rows) for (const column of columns) values.push(bindable(row[column] ?? null))
  return values
}

interface Upserts {
  readonly columns: readonly string[]
  readonly one: ReturnType<SqliteHandle['prepare']>
  readonly many: ReturnType<SqliteHandle['prepare']>
}

const lastUsed = new WeakMap<SqliteHandle, Map<string, Upserts>>()

// Rows of one database table nearly always name the same columns: then the statement's text need not even be made.
function upsertStatements(handle: SqliteHandle, target: UpsertTarget, columns: readonly string[]): Upserts {
  const upserts = lastUsed.get(handle) ?? new Map<string, Upserts>()
  lastUsed.set(handle, upserts)
  const last = upserts.get(target.table)
  if (last?.columns.length === columns.length && last.columns.every((column, place) => column === columns[place])) {
    return last
  }
  const prepare = (rows: number) => handle.prepare(upsertSql(target, columns, rows))
  const made = { columns, one: prepare(1), many: prepare(together) }
  upserts.set(target.table, made)
  return made
}

function upsertSql({ table, key }: UpsertTarget, columns: readonly string[], rows: number): string {
  const others = columns.filter((column) => !keyColumns(key).includes(column)).map(quoted)
  const action =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}
    ON CONFLICT (${listed(key)}) DO ${action}`
}
