import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import knex, { type Knex } from 'knex'
import { exitCodes, Fault } from '../base/index.ts'
import { keepStatements, type PreparingConnection } from './keep-statements.ts'

/** Whose connection it is. */
export interface ConnectionOwner {
  /** The service's name, for messages: `users`. */
  readonly service: string
  /** The environment variable that names the database, for hints. */
  readonly variable: string
}

/**
 * Opens a service's own database: a SQLite path, `sqlite:PATH`, or `postgres://...`. The folder of a SQLite file is
 * made when absent. PostgreSQL is
 * told who is connected (`application_name`): `users service`. Throws `database-url-invalid` (exit 4) for any other scheme.
 */
export function connectDatabase(url: string, { service, variable }: ConnectionOwner): Knex {
  if (/^postgres(ql)?:\/\//.test(url)) return connectPostgres(url, `${service} service`)
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : url
  if (path === '' || /^[a-z][a-z+]+:/i.test(path)) throw unknownScheme(url, variable)
  return connectSqlite(path)
}

/** Whether a database speaks SQLite; the other dialect is PostgreSQL. */
export function isSqlite(db: Knex): boolean {
  return db.client.config.client === 'better-sqlite3'
}

// Knex prints what it also throws; who catches it says it better.
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} }

function connectPostgres(connectionString: string, application_name: string): Knex {
  return knex({
    client: 'pg',
    log: silent,
    connection: { connectionString, application_name },
    pool: { min: 0, max: 10 },
  })
}

function connectSqlite(path: string): Knex {
  mkdirSync(dirname(path), { recursive: true })
  return knex({
    client: 'better-sqlite3',
    connection: { filename: path },
    log: silent,
    useNullAsDefault: true,
    pool: { min: 1, max: 1, afterCreate: prepareSqlite },
  })
}

interface SqliteConnection extends PreparingConnection<unknown> {
  pragma(text: string): unknown
}

// WAL lets the sync worker, another process, write while the service reads.
function prepareSqlite(connection: SqliteConnection, done: (error: unknown, connection: SqliteConnection) => void) {
  // Short, for SQLite stops the whole process while it waits; the sync's transactions are shorter still.
  try {
    connection.pragma('busy_timeout = 2000')
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    keepStatements(connection)
    done(null, connection)
  } catch (error) {
    done(error, connection)
  }
}

function unknownScheme(url: string, variable: string): Fault {
  const scheme = url.split(':', 1)[0] ?? ''
  return new Fault('database-url-invalid', `no database speaks "${scheme}:" here`, {
    hint: `set ${variable} to a SQLite path, sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME`,
    exitCode: exitCodes.invalidConfig,
  })
}
