import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import knex, { type Knex } from 'knex'
import { ShopProblem } from './problem.ts'

/** How long SQLite itself waits for a lock; short, for it stops the whole process while it waits. */
const busyTimeoutMs = 200

/**
 * Connects to the database that a URL names: a SQLite path, `sqlite:PATH`, or `postgres://...`.
 * `as` is how PostgreSQL calls the connection (application_name).
 * Throws a ShopProblem on another scheme and on a folder that is not there. PostgreSQL is first spoken to at the first query.
 */
export function connect(url: string, as = 'shop'): Knex {
  if (/^postgres(ql)?:\/\//.test(url)) return connectPostgres(url, as)
  const path = sqlitePathOf(url)
  if (path !== ':memory:' && !existsSync(dirname(path))) {
    throw new ShopProblem('database-absent', `the folder of the database is not there: ${dirname(path)}`, {
      hint: 'make the folder, or give another path in MONOLITH_DATABASE_URL',
    })
  }
  return connectSqlite(path)
}

/** The file that a SQLite URL names, as an absolute path; throws a ShopProblem when the URL is of another database. */
export function sqlitePathOf(url: string): string {
  if (url.startsWith('file:')) return fileURLToPath(url)
  const scheme = /^([a-z][a-z0-9+]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'sqlite') {
    throw new ShopProblem('database-url', `the shop does not run on "${scheme}"`, {
      hint: 'MONOLITH_DATABASE_URL is a SQLite path, sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
    })
  }
  const path = url.replace(/^sqlite:(\/\/(?=\/))?/i, '')
  return path === ':memory:' ? path : resolve(path)
}

/** Knex prints what it also throws; who catches it says it better. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} }

function connectSqlite(filename: string): Knex {
  return knex({
    client: 'better-sqlite3',
    connection: { filename },
    log: silent,
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: { pragma(text: string): unknown }, done: (error: unknown, connection: unknown) => void) {
        try {
          connection.pragma(`busy_timeout = ${busyTimeoutMs}`)
          connection.pragma('journal_mode = WAL')
          connection.pragma('synchronous = NORMAL')
          done(null, connection)
        } catch (error) {
          done(error, connection)
        }
      },
    },
  })
}

function connectPostgres(connectionString: string, as: string): Knex {
  return knex({
    client: 'pg',
    log: silent,
    connection: { connectionString, application_name: as, statement_timeout: 10_000 },
    pool: { min: 0, max: 10 },
    acquireConnectionTimeout: 5_000,
  })
}
