import { tableName } from './names.ts'
import type { PostgresSession, TextRow } from './session.ts'
import { type Decode, decoderOf } from './value.ts'

/** A column as PostgreSQL describes it. */
export interface PostgresColumn {
  readonly name: string
  /** Its type by name, as a cast needs it: `character varying`, `crm.mood`. */
  readonly type: string
  /** The OID of its type; of a domain: of the type that it is made of. */
  readonly base: number
  /** `N` number, `S` text, `A` array, `D` date and time ...: pg_type.typcategory. */
  readonly category: string
  readonly notNull: boolean
  /** Computed by the database; cannot be written. */
  readonly generated: boolean
  /** The number of characters that a text may have; undefined: any. */
  readonly maxLength: number | undefined
  readonly decode: Decode
}

/** A unique key: its columns, or expressions over bare column names. */
export interface UniqueKey {
  readonly terms: readonly { readonly expression: string; readonly column: string | undefined }[]
  /** The condition of a partial index. */
  readonly where: string | undefined
}

/** What is known of one database table. */
export interface TableShape {
  readonly table: string
  /** The table as SQL names it. */
  readonly sql: string
  readonly columns: readonly PostgresColumn[]
  readonly column: ReadonlyMap<string, PostgresColumn>
  readonly uniqueKeys: readonly UniqueKey[]
  /** Whether rows may arrive through partitions or children of inheritance, which statement triggers do not see. */
  readonly divided: boolean
}

/** Reads the shape of a database table; undefined when there is no such table. */
export async function readShape(session: PostgresSession, table: string): Promise<TableShape | undefined> {
  const sql = tableName(table)
  const columns = (await session.rows(columnsSql, sql)).map(toColumn)
  if (columns.length === 0) return undefined
  const uniqueKeys = await readUniqueKeys(session, sql)
  const [divided] = (await session.row(dividedSql, sql)) ?? []
  return {
    table,
    sql,
    columns,
    column: new Map(columns.map((column) => [column.name, column])),
    uniqueKeys,
    divided: divided === 't',
  }
}

const columnsSql = `
  SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL), b.oid, b.typcategory, a.attnotnull, a.attgenerated <> '',
    CASE WHEN b.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
  WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`

const dividedSql = `
  SELECT c.relkind = 'p' OR c.relispartition OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)
  FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`

const uniqueSql = `
  SELECT i.indexrelid, k.place, a.attname, pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true),
    pg_catalog.pg_get_expr(i.indpred, i.indrelid, true)
  FROM pg_catalog.pg_index i
  CROSS JOIN LATERAL pg_catalog.unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, place)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
  WHERE i.indrelid = pg_catalog.to_regclass($1) AND i.indisunique
  ORDER BY i.indexrelid, k.place`

function toColumn([name, type, base, category, notNull, generated, maxLength]: TextRow): PostgresColumn {
  return {
    name: String(name),
    type: String(type),
    base: Number(base),
    category: String(category),
    notNull: notNull === 't',
    generated: generated === 't',
    maxLength: maxLength === null || maxLength === undefined ? undefined : Number(maxLength),
    decode: decoderOf(Number(base)),
  }
}

async function readUniqueKeys(session: PostgresSession, sql: string): Promise<readonly UniqueKey[]> {
  const keys = new Map<string, UniqueKey & { readonly terms: UniqueKey['terms'][number][] }>()
  for (const [index, , column, definition, where] of await session.rows(uniqueSql, sql)) {
    const key = keys.get(String(index)) ?? { terms: [], where: where ?? undefined }
    keys.set(String(index), key)
    key.terms.push({ expression: `(${definition})`, column: column ?? undefined })
  }
  return [...keys.values()]
}

/** Whether a unique key is over this column, alone or within an expression. */
export function mentions(unique: UniqueKey, column: string): boolean {
  return (
    unique.where?.includes(column) === true ||
    unique.terms.some((term) => (term.column === undefined ? term.expression.includes(column) : term.column === column))
  )
}
