import type { Row } from '../../../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables, KeyColumns } from '../../capability.ts'
import { keyIn, keyName } from '../../key.ts'
import type { AggregateReader, LoadedAggregate, LoadedAggregates } from '../../ports/reader.ts'
import type { AggregateShapes, Catalog, ChildShape } from './catalog.ts'
import type { PostgresConnection } from './connection.ts'
import { among, type Condition, comparing, keyOfTexts, keyShape, listed } from './key-text.ts'
import { quoted } from './names.ts'
import type { TableShape } from './schema.ts'
import type { PostgresSession, TextRow } from './session.ts'

/** Reads aggregates of a PostgreSQL database, each call in one snapshot. */
export function buildPostgresReader(
  connection: PostgresConnection,
  catalog: Catalog,
  tables: AggregateTables,
): AggregateReader {
  // Without children an aggregate is one row, and a page of them one statement.
  const inSnapshot = Object.keys(tables.children).length === 0 ? connection.ask : connection.read
  return {
    overlaps: true,
    count: async () => {
      const { root } = await catalog.shapes(tables)
      return await connection.ask(async (session) => {
        return Number((await session.row(`SELECT count(*) FROM ${root.sql}`))?.[0])
      })
    },
    page: async (after, limit) => {
      const shapes = await catalog.shapes(tables)
      return await inSnapshot((session) => loadPage(session, shapes, { after, limit }))
    },
    keysAfter: async (after, limit) => {
      const shapes = await catalog.shapes(tables)
      return await connection.ask((session) => readKeys(session, shapes, behind(shapes, { after, limit })))
    },
    present: async (keys) => {
      const shapes = await catalog.shapes(tables)
      const where = among(keyShape(shapes.root, tables.key), keys)
      return await connection.ask((session) => readKeys(session, shapes, { ...where, sql: `WHERE ${where.sql}` }))
    },
    load: async (keys) => {
      const shapes = await catalog.shapes(tables)
      return await inSnapshot((session) => loadAggregates(session, shapes, keys))
    },
  }
}

interface Page {
  readonly after: AggregateKey | undefined
  readonly limit: number
}

/** The aggregates of these keys, within the transaction that is open. */
export async function loadAggregates(
  session: PostgresSession,
  shapes: AggregateShapes,
  keys: readonly AggregateKey[],
): Promise<LoadedAggregates> {
  if (keys.length === 0) return new Map()
  const { root, tables } = shapes
  const { sql, parameters } = among(keyShape(root, tables.key), keys)
  const roots = await readRows(session, root, { sql: `WHERE ${sql} ORDER BY ${listed(tables.key)}`, parameters })
  return underAskedNames(await assemble(session, shapes, roots), keys)
}

async function loadPage(session: PostgresSession, shapes: AggregateShapes, page: Page): Promise<LoadedAggregates> {
  return await assemble(session, shapes, await readRows(session, shapes.root, behind(shapes, page)))
}

async function readKeys(
  session: PostgresSession,
  { root, tables }: AggregateShapes,
  { sql, parameters }: Condition,
): Promise<readonly AggregateKey[]> {
  const rows = await session.rows(`SELECT ${listed(tables.key)} FROM ${root.sql} ${sql}`, ...parameters)
  const columns = keyShape(root, tables.key)
  return rows.map((row) => keyOfTexts(columns, row)).filter((key) => key !== undefined)
}

function behind({ root, tables }: AggregateShapes, { after, limit }: Page): Condition {
  const order = `ORDER BY ${listed(tables.key)} LIMIT ${limit}`
  if (after === undefined) return { sql: order, parameters: [] }
  const { sql, parameters } = comparing(keyShape(root, tables.key), '>', { key: after })
  return { sql: `WHERE ${sql} ${order}`, parameters }
}

async function assemble(
  session: PostgresSession,
  { children, tables }: AggregateShapes,
  roots: readonly Row[],
): Promise<Map<string, LoadedAggregate>> {
  if (children.length === 0) return withoutChildren(roots, tables.key)
  const loaded = new Map<string, LoadedAggregate>()
  const lists = new Map<string, Record<string, Row[]>>()
  for (const root of roots) {
    const key = keyIn(root, tables.key)
    if (key === undefined) continue
    const own: Record<string, Row[]> = {}
    for (const { name } of children) own[name] = []
    const named = keyName(key)
    lists.set(named, own)
    loaded.set(named, { key, rows: { root, children: own } })
  }
  const keys = [...loaded.values()].map(({ key }) => key)
  for (const child of keys.length === 0 ? [] : children) {
    for (const row of await readChildren(session, child, keys)) {
      const by = keyIn(row, child.by)
      if (by !== undefined) lists.get(keyName(by))?.[child.name]?.push(row)
    }
  }
  return loaded
}

const none = {}

function withoutChildren(roots: readonly Row[], columns: KeyColumns): Map<string, LoadedAggregate> {
  const loaded = new Map<string, LoadedAggregate>()
  for (const root of roots) {
    const key = keyIn(root, columns)
    if (key !== undefined) loaded.set(keyName(key), { key, rows: { root, children: none } })
  }
  return loaded
}

async function readChildren(
  session: PostgresSession,
  child: ChildShape,
  keys: readonly AggregateKey[],
): Promise<readonly Row[]> {
  const { sql, parameters } = among(keyShape(child.shape, child.by), keys)
  const order = `ORDER BY ${listed(child.by)}, ${listed(child.key)}`
  return await readRows(session, child.shape, { sql: `WHERE ${sql} ${order}`, parameters })
}

async function readRows(session: PostgresSession, shape: TableShape, rest: Condition): Promise<readonly Row[]> {
  const columns = shape.columns.map(({ name }) => quoted(name)).join(', ')
  const rows = await session.rows(`SELECT ${columns} FROM ${shape.sql} ${rest.sql}`, ...rest.parameters)
  return rows.map((texts) => toRow(shape, texts))
}

function toRow({ columns }: TableShape, texts: TextRow): Row {
  const row: Record<string, Row[string]> = {}
  for (let place = 0; place < columns.length; place++) {
    const column = columns[place]
    const text = texts[place]
    if (column !== undefined) row[column.name] = text === null || text === undefined ? null : column.decode(text)
  }
  return row
}

// A UUID in capitals is asked for by that name and comes back in small letters.
function underAskedNames(
  loaded: ReadonlyMap<string, LoadedAggregate>,
  keys: readonly AggregateKey[],
): LoadedAggregates {
  if (loaded.size === 0) return loaded
  const named = new Map(loaded)
  for (const key of keys) {
    const name = keyName(key)
    if (named.has(name)) continue
    const meant = loaded.get(name.toLowerCase())
    if (meant !== undefined && /^[\da-f-]{32,36}$/i.test(name)) {
      named.delete(name.toLowerCase())
      named.set(name, meant)
    }
  }
  return named
}
