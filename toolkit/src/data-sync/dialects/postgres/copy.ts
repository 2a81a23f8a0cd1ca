import type pg from 'pg'
import { exitCodes, Fault, messageOf, systemClock, systemCodeOf } from '../../../base/index.ts'
import type { CopiedDatabase, CopyOptions } from '../../twin/copy-database.ts'
import { connectAlone, loadDriver, openConnection } from './connection.ts'
import { postgresFault } from './fault.ts'
import { literal, own, quoted } from './names.ts'
import { hasTable } from './state.ts'

/**
 * Copies a PostgreSQL database on its own server. CREATE DATABASE ... TEMPLATE wants nobody connected to the source
 * (https://www.postgresql.org/docs/current/manage-ag-templatedbs.html).
 */
export async function copyPostgres(url: string, { name }: CopyOptions): Promise<CopiedDatabase> {
  await (await openConnection(url)).close() // Says what is wrong with the source in the words of every other command.
  const source = databaseOf(url)
  const copy = withDatabase(url, name)
  await onServer(url, async (client) => {
    await assertAlone(client, source)
    await client.query(`CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(source)}`).catch((thrown: unknown) => {
      throw creationFault(thrown, source)
    })
    const words = `throw-away copy of ${source}, made by banyan replay at ${new Date().toISOString()}`
    await client.query(`COMMENT ON DATABASE ${quoted(name)} IS ${literal(words)}`)
  })
  return { url: copy, label: labelOf(copy), remove: () => dropPostgres(url, name) }
}

/** Drops a copy, whoever is connected to it; nothing when it is not there. `url` is of any database of its server. */
export async function dropPostgres(url: string, name: string): Promise<void> {
  await onServer(url, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`)
  })
}

/** Makes this arm the owner of everything in its copy. */
export async function claimPostgres(url: string, arm: 'legacy' | 'service'): Promise<void> {
  const connection = await openConnection(url)
  try {
    await connection.write(async (session) => {
      if (!(await hasTable(session, 'banyan_owner'))) return
      const table = own('banyan_owner')
      await session.run(`UPDATE ${table} SET owner = $1, epoch = epoch + 1, intent = NULL WHERE owner <> $1`, arm)
    })
  } finally {
    await connection.close()
  }
}

const maintenance = ['postgres', 'template1']

/** Runs `work` on a connection to a database of the server that is not the one of the URL: nobody can be copied or dropped from within. */
async function onServer(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const driver = await loadDriver()
  const client = await connectMaintenance(driver, url)
  try {
    await work(client)
  } catch (thrown) {
    throw postgresFault(thrown, labelOf(url))
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function connectMaintenance(driver: typeof pg, url: string): Promise<pg.Client> {
  let refused: unknown
  for (const name of maintenance) {
    try {
      const config = { connectionString: withDatabase(url, name), application_name: 'banyan twin' }
      return await connectAlone(driver, { ...config, connectionTimeoutMillis: 5000 }, labelOf(withDatabase(url, name)))
    } catch (thrown) {
      refused ??= thrown
    }
  }
  throw refused
}

// The server waits five seconds by itself; who is told at once why it cannot be has the time to mend it.
const leavingMs = 500

async function assertAlone(client: pg.Client, source: string): Promise<void> {
  const deadline = performance.now() + leavingMs
  for (;;) {
    const others = await whoIsIn(client, source)
    if (others === '') return
    if (performance.now() >= deadline) throw busy(source, others)
    await systemClock.sleep(50)
  }
}

function busy(source: string, others: string, cause?: unknown): Fault {
  return new Fault(
    'twin-source-busy',
    `the database "${source}" cannot be copied while others are connected: ${others}`,
    {
      hint: `copy a restored backup instead: createdb shop_then && pg_dump ${source} | psql shop_then, then name it with --legacy-database or --service-database`,
      exitCode: exitCodes.refused,
      cause,
    },
  )
}

function creationFault(thrown: unknown, source: string): unknown {
  const code = systemCodeOf(thrown)
  if (code === '55006') return busy(source, 'somebody who came just now', thrown)
  if (code !== '42501') return thrown
  return new Fault('twin-create-denied', `the database "${source}" cannot be copied: ${messageOf(thrown)}`, {
    hint: 'a twin needs a role that owns the database (or a template) and may create databases: ALTER ROLE name CREATEDB',
    exitCode: exitCodes.refused,
    cause: thrown,
  })
}

/** `shop (3), psql (1)`; empty: nobody. */
async function whoIsIn(client: pg.Client, source: string): Promise<string> {
  const sql = `SELECT coalesce(nullif(application_name, ''), backend_type) AS name, count(*)::int AS connections
    FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()
    GROUP BY 1 ORDER BY 2 DESC LIMIT 5`
  const { rows } = await client.query<{ name: string; connections: number }>(sql, [source])
  return rows.map(({ name, connections }) => `${name} (${connections})`).join(', ')
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || decodeURIComponent(new URL(url).username)
}

/** The same URL of another database of the server. */
export function withDatabase(url: string, name: string): string {
  const copy = new URL(url)
  copy.pathname = `/${encodeURIComponent(name)}`
  return copy.href
}

function labelOf(url: string): string {
  const { username, host, pathname } = new URL(url)
  return `postgres://${username === '' ? '' : `${username}@`}${host}${pathname}`
}
