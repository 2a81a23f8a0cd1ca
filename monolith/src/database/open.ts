import type { Knex } from 'knex'
import { connect } from './connect.ts'
import { dialectOf, listTablesSql } from './dialect.ts'
import { plainMessageOf, ShopProblem, troubleOf } from './problem.ts'
import { select, selectOne } from './query.ts'
import { schemaVersion } from './schema.ts'
import { upgrade } from './upgrade.ts'

/** A database that may be served from: it holds the shop, or nothing yet. */
export interface OpenedDatabase {
  readonly db: Knex
  readonly state: 'shop' | 'empty'
}

/**
 * Opens the shop's database and looks at what is in it; one of the version before is brought up to date. `as`: see `connect`.
 * Throws a ShopProblem, with the connection closed, when it cannot be reached, is locked, is no database, or holds
 * something that is not this shop.
 */
export async function openDatabase(url: string, as?: string): Promise<OpenedDatabase> {
  const db = connect(url, as)
  try {
    return { db, state: await inspect(db, shown(url)) }
  } catch (error) {
    await db.destroy()
    throw error instanceof ShopProblem ? error : problemOf(error, shown(url))
  }
}

async function inspect(db: Knex, place: string): Promise<OpenedDatabase['state']> {
  const names = (await select<{ name: string }>(db, listTablesSql(dialectOf(db)))).map((row) => row.name)
  if (names.length === 0) return 'empty'
  if (!names.includes('shop_inf')) throw foreignDatabase(place, names)
  const version = await selectOne<{ v: string }>(db, "SELECT v FROM shop_inf WHERE k = 'schema'")
  if (version?.v === schemaVersion) return 'shop'
  if (await upgrade(db)) return 'shop'
  throw new ShopProblem(
    'database-version',
    `${place} holds the shop's schema ${version?.v ?? 'without a version'}, this shop speaks version ${schemaVersion}`,
    { hint: 'start from a new database, or seed this one anew with --fresh (everything in it is dropped)' },
  )
}

function foreignDatabase(place: string, names: readonly string[]): ShopProblem {
  return new ShopProblem(
    'database-foreign',
    `${place} holds another application's schema (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', ...' : ''})`,
    { hint: "MONOLITH_DATABASE_URL must name the shop's own database, or a new one; nothing was changed" },
  )
}

function problemOf(cause: unknown, place: string): ShopProblem {
  const why = plainMessageOf(cause)
  switch (troubleOf(cause)) {
    case 'busy':
      return new ShopProblem('database-locked', `${place} is locked by another process: ${why}`, {
        hint: 'end what holds it (a backup, a shell with an open transaction), then start again',
        cause,
      })
    case 'not-a-database':
      return new ShopProblem('database-foreign', `${place} is not a SQLite database: ${why}`, {
        hint: 'give another path in MONOLITH_DATABASE_URL; nothing was changed',
        cause,
      })
    default:
      return new ShopProblem('database-unreachable', `${place} cannot be opened: ${why}`, {
        hint: 'is MONOLITH_DATABASE_URL right, the server up, the database made, the file readable?',
        cause,
      })
  }
}

/** The URL as it may be shown: without a password. */
function shown(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]+):[^@/]*@/, '$1:***@')
}
