import type { ObservedWriter } from '../../ports/owner.ts'
import { literal, own } from './names.ts'
import type { PostgresSession } from './session.ts'
import { hasTable } from './state.ts'

const mostKinds = 1000
const mostRows = 20_000
const table = own('banyan_observed')
const kind = 'capability, tbl, operation, columns, application'

/** The database table of what an observing fence saw. Each connection counts in rows of its own, so that no writer waits for another. */
export const observedTable = `
  CREATE TABLE IF NOT EXISTS ${table} (
    capability text NOT NULL, tbl text NOT NULL, operation text NOT NULL, columns text NOT NULL, application text NOT NULL, pid integer NOT NULL,
    count bigint NOT NULL, first_at bigint NOT NULL, last_at bigint NOT NULL, PRIMARY KEY (${kind}, pid)
  );`

/** The statements of a trigger that count a writer, whose changed columns are in the variable `touched`. */
export function countWriter(of: {
  readonly capability: string
  readonly table: string
  readonly operation: string
}): string {
  const names = `pg_catalog.array_to_json(touched)::pg_catalog.text`
  const application = `pg_catalog.current_setting('application_name')`
  const now = `(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint`
  const values = `${literal(of.capability)}, ${literal(of.table)}, ${literal(of.operation)}, ${names}, ${application}, pg_catalog.pg_backend_pid()`
  return `UPDATE ${table} AS w SET count = w.count + 1, last_at = ${now} WHERE (w.capability, w.tbl, w.operation, w.columns, w.application, w.pid) = (${values});
    IF NOT FOUND AND (SELECT pg_catalog.count(*) FROM (SELECT FROM ${table} LIMIT ${mostRows}) AS r) < ${mostRows} THEN
      INSERT INTO ${table} (${kind}, pid, count, first_at, last_at) SELECT ${values}, 1, ${now}, ${now} ON CONFLICT DO NOTHING;
    END IF;`
}

/** What an observing fence saw of a capability's writers, the latest first. */
export async function listObserved(session: PostgresSession, capability: string): Promise<readonly ObservedWriter[]> {
  if (!(await hasTable(session, 'banyan_observed'))) return []
  const sql = `SELECT tbl, operation, columns, application, sum(count), min(first_at), max(last_at) FROM ${table} WHERE capability = $1
    GROUP BY ${kind} ORDER BY max(last_at) DESC, tbl, operation, columns LIMIT ${mostKinds}`
  const rows = await session.rows(sql, capability)
  return rows.map(([name, operation, columns, application, count, firstAt, lastAt]) => ({
    table: String(name),
    operation: operationOf(operation),
    columns: JSON.parse(String(columns)) as readonly string[],
    application: application === null || application === '' ? undefined : application,
    count: Number(count),
    firstAt: Number(firstAt),
    lastAt: Number(lastAt),
  }))
}

/** Puts the rows of connections that have ended together, and forgets all but the latest kinds, where there are many. */
export async function compactObserved(session: PostgresSession, capability: string): Promise<void> {
  if (!(await hasTable(session, 'banyan_observed'))) return
  const [rows] = (await session.row(`SELECT count(*) FROM ${table} WHERE capability = $1`, capability)) ?? []
  if (Number(rows) < mostKinds) return
  await session.run(
    `WITH gone AS (DELETE FROM ${table} WHERE capability = $1 AND pid NOT IN (SELECT pid FROM pg_catalog.pg_stat_activity) RETURNING *)
     INSERT INTO ${table} (${kind}, pid, count, first_at, last_at)
     SELECT ${kind}, -pg_catalog.pg_backend_pid(), sum(count), min(first_at), max(last_at) FROM gone GROUP BY ${kind}
     ORDER BY max(last_at) DESC LIMIT ${mostKinds} ON CONFLICT DO NOTHING`,
    capability,
  )
}

/** Forgets what was seen of a capability. */
export async function forgetObserved(session: PostgresSession, capability: string): Promise<void> {
  if (await hasTable(session, 'banyan_observed'))
    await session.run(`DELETE FROM ${table} WHERE capability = $1`, capability)
}

function operationOf(text: string | null | undefined): ObservedWriter['operation'] {
  return text === 'insert' || text === 'delete' || text === 'truncate' ? text : 'update'
}
