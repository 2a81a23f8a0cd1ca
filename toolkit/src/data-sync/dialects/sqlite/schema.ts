import { literal, quoted, type SqliteHandle } from './handle.ts'

/** A column as SQLite describes it. */
export interface SqliteColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  /** 1-based place in the primary key; 0 when it is not part of it. */
  readonly primaryKey: number
  /** Computed by the database; cannot be written. */
  readonly generated: boolean
}

/** The columns of a database table, in order, without those of virtual tables that SELECT * hides; empty when there is no such table. */
export function readColumns(handle: SqliteHandle, table: string): readonly SqliteColumn[] {
  return handle
    .rows(
      `SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(${literal(table)}) WHERE hidden <> 1 ORDER BY cid`,
    )
    .map(([name, type, notNull, primaryKey, hidden]) => ({
      name: String(name),
      type: String(type),
      notNull: notNull === 1,
      primaryKey: Number(primaryKey),
      generated: hidden !== 0,
    }))
}

/** Whether the database has this table. */
export function hasTable(handle: SqliteHandle, table: string): boolean {
  return handle.row(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, table) !== undefined
}

/** One term of a unique key: a column, or an expression in SQL over bare column names. */
export interface UniqueTerm {
  readonly expression: string
  /** The column when the term is one. */
  readonly column: string | undefined
  readonly collation: string | undefined
}

/** A unique key of a database table: primary key, UNIQUE constraint or unique index, also partial and over expressions. */
export interface UniqueKey {
  readonly terms: readonly UniqueTerm[]
  readonly where: string | undefined
}

/** Every unique key of a database table. */
export function readUniqueKeys(handle: SqliteHandle, table: string): readonly UniqueKey[] {
  const indexes = handle.rows(`SELECT name FROM pragma_index_list(${literal(table)}) WHERE "unique" = 1 ORDER BY name`)
  const keys = indexes.map(([name]) => readIndex(handle, String(name)))
  const rowid = rowidColumn(handle, table)
  return rowid === undefined
    ? keys
    : [{ terms: [{ expression: quoted(rowid), column: rowid, collation: undefined }], where: undefined }, ...keys]
}

/** The column that is the rowid itself (an INTEGER PRIMARY KEY) and so has no index; undefined where there is none. */
export function rowidColumn(handle: SqliteHandle, table: string): string | undefined {
  const key = readColumns(handle, table).filter((column) => column.primaryKey > 0)
  const [only] = key
  if (key.length !== 1 || only?.type.toUpperCase() !== 'INTEGER') return undefined
  const withoutRowid =
    handle.row(`SELECT wr FROM pragma_table_list(${literal(table)}) WHERE schema = 'main'`)?.[0] === 1
  return withoutRowid ? undefined : only.name
}

function readIndex(handle: SqliteHandle, index: string): UniqueKey {
  const sql = handle.row(`SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?`, index)?.[0]
  const written = typeof sql === 'string' ? splitIndexSql(sql) : { terms: [], where: undefined }
  const terms = handle
    .rows(`SELECT name, coll FROM pragma_index_xinfo(${literal(index)}) WHERE key = 1 ORDER BY seqno`)
    .map(
      ([name, collation], place): UniqueTerm =>
        typeof name === 'string'
          ? { expression: quoted(name), column: name, collation: String(collation) }
          : { expression: `(${written.terms[place] ?? 'NULL'})`, column: undefined, collation: String(collation) },
    )
  return { terms, where: written.where }
}

/** The terms of a CREATE INDEX statement and the condition of a partial one. SQLite stores the statement as it was written. */
function splitIndexSql(sql: string): { readonly terms: readonly string[]; readonly where: string | undefined } {
  const tokens =
    sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|\w+|[\s\S]/g) ?? []
  const terms: string[] = []
  let depth = 0
  let term = ''
  for (const [place, token] of tokens.entries()) {
    if (token === ')' && --depth === 0)
      return { terms: [...terms, bare(term)], where: condition(tokens.slice(place + 1)) }
    if (token === ',' && depth === 1) {
      terms.push(bare(term))
      term = ''
    } else if (depth > 0) term += token
    if (token === '(') depth++
  }
  return { terms, where: undefined }
}

function bare(term: string): string {
  return term.trim().replace(/\s+(asc|desc)$/i, '')
}

function condition(tokens: readonly string[]): string | undefined {
  return /^\s*where\s+([\s\S]+)$/i.exec(tokens.join(''))?.[1]
}
