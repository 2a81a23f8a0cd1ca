import type pg from 'pg'
import { exitCodes, Fault } from '../../../base/index.ts'
import { postgresFault } from './fault.ts'
import { buildSession, type PostgresSession } from './session.ts'

/** A PostgreSQL database with its two kinds of connections: those that read snapshots, and those that write. */
export interface PostgresConnection {
  readonly label: string
  /** Runs `work` in one transaction that is read-only and sees one snapshot (REPEATABLE READ). */
  read<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>
  /** Runs `work` without a transaction around it, which takes a third of the round trips: one statement that reads sees one snapshot by itself. */
  ask<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result>
  /** Runs `work` in one transaction at READ COMMITTED. `begin`: statements that are sent together with BEGIN. */
  write<Result>(work: (session: PostgresSession) => Promise<Result>, begin?: string): Promise<Result>
  /** A connection of its own, outside of both pools, for whoever listens; it must be ended by its owner. */
  dedicated(): Promise<pg.Client>
  /** Which capability is worked for, as pg_stat_activity shows it. */
  name(capability: string): void
  /** What a client of one's own kind (a replication connection) is configured with. */
  readonly config: pg.ClientConfig
  close(): Promise<void>
}

/** What may be set of a connection. */
export interface PostgresOptions {
  /** How long a lock is waited for before `sync-database-busy`. Default 5000. */
  readonly busyBoundMs?: number
  /** How long one statement may take. Default 120 000. */
  readonly statementBoundMs?: number
  /** How changes are captured: `outbox` by triggers (the default), `logical` by logical replication. */
  readonly capture?: 'outbox' | 'logical'
  /** Where the URL came from, for messages: `USERS_DATABASE_URL`. */
  readonly variable?: string
}

const readers = 3
const writers = 3
const connectMs = 5000
const idleMs = 30_000

// What makes texts of values mean the same on every server, and what ends a transaction whose worker has hung.
const sessionSettings = `SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres';
  SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; SET idle_in_transaction_session_timeout = '120s'`

const readOnly = 'SET default_transaction_read_only = on'

/** Opens a PostgreSQL database. Throws `sync-driver-missing`, `sync-url-invalid`, and what `SyncDatabase` names. */
export async function openConnection(url: string, options: PostgresOptions = {}): Promise<PostgresConnection> {
  const label = labelOf(url, options.variable)
  const driver = await loadDriver()
  const config = configOf(url, options)
  const reader = buildPool(driver, config, readers)
  const writer = buildPool(driver, config, writers)
  let application = 'banyan sync'
  const seen = new Set<string>()
  const named = new WeakMap<pg.ClientBase, string>()

  async function ready(client: pg.PoolClient, pool: pg.Pool): Promise<void> {
    if (named.get(client) === application) return
    const settings = named.has(client) ? [] : pool === reader ? [sessionSettings, readOnly] : [sessionSettings]
    await client.query([...settings, `SET application_name = ${driver.escapeLiteral(application)}`].join(';'))
    named.set(client, application)
  }

  async function inTransaction<Result>(
    pool: pg.Pool,
    begin: string,
    work: (session: PostgresSession) => Promise<Result>,
  ): Promise<Result> {
    const client = await connected(pool)
    let broken = false
    try {
      await ready(client, pool)
      await client.query(begin)
      const result = await work(buildSession(client))
      await client.query('COMMIT')
      return result
    } catch (thrown) {
      broken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      )
      throw postgresFault(thrown, label)
    } finally {
      client.release(broken)
    }
  }

  async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
    return await pool.connect().catch((thrown: unknown) => {
      throw postgresFault(thrown, label)
    })
  }

  async function ask<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result> {
    const client = await connected(reader)
    let failed = true
    try {
      await ready(client, reader)
      const result = await work({ ...buildSession(client), seen })
      failed = false
      return result
    } catch (thrown) {
      throw postgresFault(thrown, label)
    } finally {
      client.release(failed)
    }
  }

  const connection: PostgresConnection = {
    label,
    config,
    ask: (work) =>
      ask(work).catch((thrown: unknown) => {
        // A table that was seen may be gone.
        if (seen.size === 0 || !(thrown instanceof Fault) || thrown.code !== 'sync-schema-differs') throw thrown
        seen.clear()
        return ask(work)
      }),
    read: (work) => inTransaction(reader, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    write: (work, begin = '') => inTransaction(writer, `BEGIN ISOLATION LEVEL READ COMMITTED;${begin}`, work),
    dedicated: () => connectAlone(driver, { ...config, application_name: `${application}, listening` }, label),
    name: (capability) => {
      application = `banyan sync ${capability}`
    },
    close: async () => {
      for (const pool of [writer, reader]) if (!pool.ending) await pool.end()
    },
  }
  await connection
    .read((session) => session.rows('SELECT 1'))
    .catch(async (thrown: unknown) => {
      await connection.close()
      throw thrown
    })
  return connection
}

/** Connects once, outside of every pool; the caller ends it. `label` names the database in faults. */
export async function connectAlone(driver: typeof pg, config: pg.ClientConfig, label: string): Promise<pg.Client> {
  const client = new driver.Client(config)
  client.on('error', () => undefined) // Its end is heard by whoever uses it.
  try {
    await client.connect()
    return client
  } catch (thrown) {
    throw postgresFault(thrown, label)
  }
}

/** Loads the driver for PostgreSQL when it is first needed. Throws `sync-driver-missing`. */
export async function loadDriver(): Promise<typeof pg> {
  try {
    return (await import('pg')).default
  } catch (cause) {
    throw new Fault('sync-driver-missing', 'the driver for PostgreSQL is not installed', {
      hint: 'npm install pg@8',
      exitCode: exitCodes.invalidConfig,
      cause,
    })
  }
}

function configOf(url: string, options: PostgresOptions): pg.ClientConfig {
  const { busyBoundMs = 5000, statementBoundMs = 120_000 } = options
  return {
    connectionString: url,
    application_name: 'banyan sync',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementBoundMs,
    lock_timeout: busyBoundMs,
  }
}

function buildPool(driver: typeof pg, config: pg.ClientConfig, max: number): pg.Pool {
  const pool = new driver.Pool({ ...config, max, idleTimeoutMillis: idleMs })
  pool.on('error', () => undefined) // An idle connection that breaks is replaced at its next use.
  pool.on('connect', (client) => client.on('error', () => undefined)) // One in use: its next query fails, with the reason.
  return pool
}

// Only what tells people which database is meant: neither password nor query.
function labelOf(url: string, variable: string | undefined): string {
  const source = variable === undefined ? '' : ` (${variable})`
  try {
    const { username, host, pathname } = new URL(url)
    return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}${source}`
  } catch {
    // The cause is left out on purpose: it quotes the URL, password and all.
    throw new Fault('sync-url-invalid', `the URL of a PostgreSQL database cannot be read${source}`, {
      hint: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE; a special character in the password is written as %XX',
      exitCode: exitCodes.invalidConfig,
    })
  }
}
