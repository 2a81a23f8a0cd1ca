import type Database from 'better-sqlite3'
import type { ColumnValue } from '../../../anti-corruption/index.ts'

/** A row as an array of its columns. */
export type RawRow = readonly ColumnValue[]

/** One connection with its prepared statements: each SQL text is prepared once. */
export interface SqliteHandle {
  /** Integers are numbers; beyond 2^53 they are bigints. */
  rows(sql: string, ...parameters: readonly unknown[]): readonly RawRow[]
  /** The rows of a statement that only reads, from outside: not kept prepared. Undefined when it could write, or gives no rows. */
  select(sql: string): readonly RawRow[] | undefined
  row(sql: string, ...parameters: readonly unknown[]): RawRow | undefined
  /** The number of rows that changed. */
  run(sql: string, ...parameters: readonly unknown[]): number
  /** A statement that is run often: look it up once. */
  prepare(sql: string): Database.Statement
  exec(sql: string): void
  close(): void
}

/** Wraps an open database. Parameters that SQLite does not know are bound as it would store them: booleans as 1 and 0, dates as ISO 8601. */
export function buildHandle(database: Database.Database): SqliteHandle {
  const prepared = { rows: new Map(), exact: new Map(), run: new Map() } satisfies Record<string, Statements>

  function statement(sql: string, kind: keyof typeof prepared): Database.Statement {
    const ofKind: Statements = prepared[kind]
    const known = ofKind.get(sql)
    if (known !== undefined) return known
    const made = database.prepare(sql)
    if (kind !== 'run') made.raw(true)
    if (kind === 'exact') made.safeIntegers(true)
    ofKind.set(sql, made)
    return made
  }

  // A JavaScript number cannot hold every integer of SQLite; where one may have been rounded, the rows are read again as bigints.
  function rowsOf(sql: string, parameters: readonly unknown[]): readonly RawRow[] {
    const rows = statement(sql, 'rows').all(...parameters) as RawRow[]
    if (!rows.some(hasInexactNumber)) return rows
    return (statement(sql, 'exact').all(...parameters) as RawRow[]).map((values) => values.map(plain))
  }

  return {
    rows: (sql, ...parameters) => rowsOf(sql, parameters),
    select: (sql) => {
      const made = database.prepare(sql)
      if (!made.reader || !made.readonly) return undefined
      return (made.raw(true).safeIntegers(true).all() as RawRow[]).map((values) => values.map(plain))
    },
    row: (sql, ...parameters) => {
      const row = statement(sql, 'rows').get(...parameters) as RawRow | undefined
      return row !== undefined && hasInexactNumber(row) ? rowsOf(sql, parameters)[0] : row
    },
    run: (sql, ...parameters) => statement(sql, 'run').run(...parameters).changes,
    prepare: (sql) => statement(sql, 'run'),
    exec: (sql) => {
      database.exec(sql)
    },
    close: () => {
      database.close()
    },
  }
}

type Statements = Map<string, Database.Statement>

function hasInexactNumber(values: RawRow): boolean {
  for (const value of values) {
    if (typeof value === 'number' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)) return true
  }
  return false
}

function plain(value: RawRow[number]): RawRow[number] {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** A value as better-sqlite3 can bind it. */
export function bindable(value: ColumnValue): Exclude<ColumnValue, boolean | Date> {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return value.toISOString()
  return value
}

/** An identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
