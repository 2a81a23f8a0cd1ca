import type Database from 'better-sqlite3'
import type { ColumnValue } from '../../../anti-corruption/index.ts'

/** A row as an array of its columns. */
export type RawRow = readonly ColumnValue[]

/** One connection with its prepared statements: each SQL text is prepared once. */
export interface SqliteHandle {
  rows(sql: string, ...parameters: readonly unknown[]): readonly RawRow[]
  /** Like `rows`, with every integer as a bigint. */
  exactRows(sql: string, ...parameters: readonly unknown[]): readonly RawRow[]
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

  return {
    rows: (sql, ...parameters) => statement(sql, 'rows').all(...parameters) as RawRow[],
    exactRows: (sql, ...parameters) => statement(sql, 'exact').all(...parameters) as RawRow[],
    row: (sql, ...parameters) => statement(sql, 'rows').get(...parameters) as RawRow | undefined,
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
