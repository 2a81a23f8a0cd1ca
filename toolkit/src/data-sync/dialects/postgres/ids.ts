import type { AggregateTables } from '../../capability.ts'
import { keyColumns } from '../../key.ts'
import type { IdRange, IdStore } from '../../ports/ids.ts'
import type { Catalog } from './catalog.ts'
import type { PostgresConnection } from './connection.ts'
import { keyShape, largestOf } from './key-text.ts'
import { quoted } from './names.ts'
import type { PostgresColumn, TableShape } from './schema.ts'
import type { PostgresSession } from './session.ts'

/** A key column that PostgreSQL fills from a sequence. */
interface SequencedColumn {
  readonly name: string
  readonly shape: TableShape
  readonly column: PostgresColumn
  /** The sequence as SQL names it. */
  readonly sequence: string
  readonly step: bigint
  readonly largest: bigint
}

/** The sequences and identities behind the integer keys of an aggregate. */
export function buildPostgresIds(connection: PostgresConnection, catalog: Catalog, tables: AggregateTables): IdStore {
  return {
    read: async () => {
      const { root, children } = await catalog.shapes(tables)
      return await connection.read(async (session) => {
        const ranges: Record<string, IdRange> = {}
        for (const found of await sequenced(session, root, children))
          ranges[found.name] = await readRange(session, found)
        return ranges
      })
    },
    raiseAbove: async (values) => {
      const { root, children } = await catalog.shapes(tables)
      await connection.write(async (session) => {
        for (const found of await sequenced(session, root, children)) {
          const above = values[found.name]
          if (above !== undefined) await raise(session, found, BigInt(above))
        }
      })
    },
  }

  async function sequenced(
    session: PostgresSession,
    root: TableShape,
    children: readonly {
      readonly name: string
      readonly shape: TableShape
      readonly key: string | readonly string[]
    }[],
  ): Promise<readonly SequencedColumn[]> {
    const found: SequencedColumn[] = []
    for (const { name, shape, key } of [{ name: 'root', shape: root, key: tables.key }, ...children]) {
      const integers = keyShape(shape, keyColumns(key)).filter((column) => largestOf(column) !== undefined)
      for (const column of integers) {
        const sequence = await sequenceOf(session, shape, column)
        if (sequence === undefined) continue
        found.push({ name, shape, column, ...sequence })
        break
      }
    }
    return found
  }
}

// By what the column's default depends on: identities and serials own their sequence, others only draw from one.
const sequenceSql = `
  SELECT s.seqrelid::pg_catalog.regclass, s.seqincrement, s.seqmax
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  JOIN pg_catalog.pg_depend d ON
    (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i'))
    OR (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
  JOIN pg_catalog.pg_sequence s ON s.seqrelid IN (d.objid, d.refobjid)
  WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = $2
  LIMIT 1`

async function sequenceOf(session: PostgresSession, shape: TableShape, column: PostgresColumn) {
  const row = await session.row(sequenceSql, shape.sql, column.name)
  if (row === undefined) return undefined
  const [sequence, step, largest] = row
  return { sequence: String(sequence), step: BigInt(step ?? 1), largest: BigInt(largest ?? 0) }
}

async function readRange(
  session: PostgresSession,
  { shape, column, sequence, step, largest }: SequencedColumn,
): Promise<IdRange> {
  const [highest] = (await session.row(`SELECT coalesce(max(${quoted(column.name)}), 0) FROM ${shape.sql}`)) ?? []
  const [last, isCalled] = (await session.row(`SELECT last_value, is_called FROM ${sequence}`)) ?? []
  const typeLimit = largestOf(column) ?? largest
  return {
    column: `${shape.table}.${column.name}`,
    highest: plain(BigInt(highest ?? 0)),
    next: plain(BigInt(last ?? 1) + (isCalled === 't' ? step : 0n)),
    limit: plain(largest < typeLimit ? largest : typeLimit),
  }
}

// One statement, so that nobody can draw a number between the look and the change and see it again.
async function raise(session: PostgresSession, { sequence }: SequencedColumn, above: bigint): Promise<void> {
  await session.run(
    `SELECT pg_catalog.setval($1::regclass, $2::bigint) FROM ${sequence} WHERE last_value < $2::bigint OR (last_value = $2::bigint AND NOT is_called)`,
    sequence,
    above,
  )
}

function plain(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
