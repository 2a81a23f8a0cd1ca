import type { Knex } from 'knex'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../base/index.ts'
import { type ConnectionOwner, connectDatabase, isSqlite } from './connect.ts'
import { type Migration, migrate } from './migrate.ts'
import { select } from './select.ts'
import { isBusy, isDamaged, isUnreachable } from './trouble.ts'

/** The service's database, with its schema up to date. */
export interface OpenedDatabase {
  readonly db: Knex
  /** The steps of the schema that were due. */
  readonly applied: readonly string[]
}

/** Whose database it is, and how it came about. */
export interface DatabaseOwner extends ConnectionOwner {
  readonly migrations: readonly Migration[]
}

/**
 * Opens a service's database and brings its schema up to date. Throws, with everything closed and nothing changed,
 * `database-url-invalid`, `database-foreign` and `database-damaged` (exit 4), `database-locked` and `database-unreachable` (exit 5).
 */
export async function openDatabase(url: string, owner: DatabaseOwner): Promise<OpenedDatabase> {
  const db = connected(url, owner)
  try {
    await assertOurs(db, shown(url), owner)
    return { db, applied: await migrate(db, owner.migrations) }
  } catch (error) {
    await db.destroy()
    throw faultOf(error, shown(url), owner)
  }
}

function connected(url: string, owner: DatabaseOwner): Knex {
  try {
    return connectDatabase(url, owner)
  } catch (error) {
    throw faultOf(error, shown(url), owner)
  }
}

/** The wrong URL must not make a service's database tables in the database of another application, least of all in legacy's. */
async function assertOurs(db: Knex, place: string, { service, variable, migrations }: DatabaseOwner): Promise<void> {
  const names = (await select<{ name: string }>(db, isSqlite(db) ? sqliteTables : postgresTables)).map(
    (row) => row.name,
  )
  const foreign = names.filter((name) => !name.startsWith('banyan_'))
  if (foreign.length === 0 || (foreign.includes('schema_migrations') && (await beganWith(db, migrations)))) return
  const some = foreign.length > 4 ? `${foreign.slice(0, 4).join(', ')}, ...` : foreign.join(', ')
  throw new Fault('database-foreign', `${place} holds another application's schema (${some})`, {
    hint: `${variable} must name a database of the ${service} service alone, or a new one; nothing was changed`,
    exitCode: exitCodes.invalidConfig,
  })
}

/** Another service's database has its steps written down, too. */
async function beganWith(db: Knex, [first]: readonly Migration[]): Promise<boolean> {
  const done = await select<{ name: string }>(db, 'select name from schema_migrations')
  return done.length === 0 || done.some(({ name }) => name === first?.name)
}

const sqliteTables = "select name from sqlite_master where type = 'table' and name not like 'sqlite~_%' escape '~'"
const postgresTables = 'select tablename as name from pg_tables where schemaname = current_schema()'

function faultOf(error: unknown, place: string, { variable }: DatabaseOwner): unknown {
  if (error instanceof Fault) return error
  // Its cause is left out on purpose: it quotes the URL, password and all.
  if (systemCodeOf(error) === 'ERR_INVALID_URL')
    return new Fault('database-url-invalid', `${place} is no URL of a PostgreSQL database`, {
      hint: `${variable} is postgres://USER:PASSWORD@HOST/NAME; a special character in the password is written as %XX`,
      exitCode: exitCodes.invalidConfig,
    })
  const why = messageOf(error)
  const unreachable = { cause: error, exitCode: exitCodes.unreachable }
  if (isBusy(error)) {
    const hint = 'end what holds it (a backup, a shell with an open transaction), then start again'
    return new Fault('database-locked', `${place} is locked by another process: ${why}`, { hint, ...unreachable })
  }
  if (isDamaged(error)) {
    const hint = `give another path in ${variable}; nothing was changed`
    const exitCode = exitCodes.invalidConfig
    return new Fault('database-damaged', `${place} is not a SQLite database: ${why}`, { hint, exitCode, cause: error })
  }
  if (!isUnreachable(error)) return error
  const hint = `is ${variable} right, the server up, the database made, may the file be written?`
  return new Fault('database-unreachable', `${place} cannot be opened: ${why}`, { hint, ...unreachable })
}

/** The URL as it may be shown: without a password, and without parameters, which may hold one. */
function shown(url: string): string {
  return (url.split('?', 1)[0] ?? url).replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:***@')
}
