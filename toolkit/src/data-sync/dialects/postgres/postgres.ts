import { exitCodes, Fault, messageOf, systemCodeOf } from '../../../base/index.ts'
import type { Place, SyncDatabase } from '../../ports/database.ts'
import type { ChangeFeed } from '../../ports/feed.ts'
import { buildCatalog, type Catalog } from './catalog.ts'
import { openConnection, type PostgresConnection, type PostgresOptions } from './connection.ts'
import { buildPostgresFeed } from './feed.ts'
import { buildPostgresIds } from './ids.ts'
import { originPrefix } from './logical/decode.ts'
import { buildLogicalFeed } from './logical/feed.ts'
import { literal } from './names.ts'
import { buildPostgresOwners } from './owners.ts'
import { buildPostgresReader } from './reader.ts'
import { buildPostgresTarget } from './target.ts'
import { decoderOf } from './value.ts'

/** Opens a PostgreSQL database for the sync: see `openConnection` for what it throws. */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<SyncDatabase> {
  const opened = await openConnection(url, options)
  const connection: PostgresConnection = {
    ...opened,
    read: (work) => opened.read(work).catch(forgetting),
    ask: (work) => opened.ask(work).catch(forgetting),
    write: (work, begin) => opened.write(work, begin).catch(forgetting),
  }
  const catalog: Catalog = buildCatalog(connection)
  const feeds: ChangeFeed[] = []
  const isLogical = options.capture === 'logical'
  const buildFeed = isLogical ? buildLogicalFeed : buildPostgresFeed
  // Triggers read the setting; a reader of the log sees this message before the changes of the transaction.
  const mark = ({ capability }: Place) =>
    isLogical
      ? `SELECT pg_catalog.pg_logical_emit_message(true, ${literal(originPrefix)}, ${literal(capability)});`
      : ''
  const named = (place: Place): Place => {
    connection.name(place.capability)
    return place
  }

  return {
    label: connection.label,
    dialect: 'postgres',
    columnsOf: async (table) => (await catalog.look(table))?.columns.map((column) => column.name),
    feed: (place, tables) => {
      const feed = buildFeed({ connection, catalog, place: named(place), tables })
      feeds.push(feed)
      return feed
    },
    reader: (tables) => buildPostgresReader(connection, catalog, tables),
    target: (place, tables) =>
      buildPostgresTarget({ connection, catalog, place: named(place), tables, mark: mark(place) }),
    owners: (place, tables, owned) => buildPostgresOwners({ connection, catalog, place: named(place), tables, owned }),
    ids: (tables) => buildPostgresIds(connection, catalog, tables),
    select: (sql) => select(connection, sql),
    close: async () => {
      for (const feed of feeds.splice(0)) await feed.close().catch(() => undefined) // Its connections end below.
      await connection.close()
    },
  }

  // What was known of the tables is no longer so.
  function forgetting(thrown: unknown): never {
    if (thrown instanceof Fault && thrown.code === 'sync-schema-differs') catalog.forget()
    throw thrown
  }
}

async function select(connection: PostgresConnection, sql: string) {
  return await connection.read(async (session) => {
    try {
      const { rows, types } = await session.typed(sql)
      const decoders = types.map(decoderOf)
      return rows.map((row) => row.map((text, place) => (text === null ? null : (decoders[place]?.(text) ?? text))))
    } catch (cause) {
      if (!/^(0A|22|25|2F|42|54|P0)/.test(systemCodeOf(cause) ?? '')) throw cause
      throw new Fault('sync-total-invalid', `${connection.label} refused a total: ${messageOf(cause)}`, {
        hint: `one SELECT statement is wanted, which only reads: ${sql}`,
        exitCode: exitCodes.invalidConfig,
        cause,
      })
    }
  })
}
