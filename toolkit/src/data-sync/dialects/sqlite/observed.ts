import type { ObservedWriter } from '../../ports/owner.ts'
import { literal, type SqliteHandle } from './handle.ts'
import { hasTable } from './schema.ts'

const mostKinds = 1000

/** The database table of what an observing fence saw: writes of one kind are counted together. */
export const observedTable = `
  CREATE TABLE IF NOT EXISTS banyan_observed (
    capability TEXT NOT NULL, tbl TEXT NOT NULL, operation TEXT NOT NULL, columns TEXT NOT NULL,
    count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (capability, tbl, operation, columns)
  ) WITHOUT ROWID;`

/**
 * The statements of a trigger that count a writer, unless it is the sync. `columns` is an SQL expression for a JSON array of names. With
 * 1000 kinds in the log, those that are new are counted together, per table and operation, with no columns.
 *
 * UPDATE and INSERT apart, for the conflict clause of the statement that fired a trigger overrides those inside it.
 */
export function logWriter(of: {
  readonly capability: string
  readonly table: string
  readonly operation: 'insert' | 'update' | 'delete'
  readonly columns: string
}): string {
  const kind = `capability = ${literal(of.capability)} AND tbl = ${literal(of.table)} AND operation = ${literal(of.operation)}`
  const foreign = `(SELECT origin FROM banyan_origin) IS NOT ${literal(of.capability)}`
  const known = `EXISTS (SELECT 1 FROM banyan_observed WHERE ${kind} AND columns = ${of.columns})`
  const full = `(SELECT count(*) FROM banyan_observed WHERE capability = ${literal(of.capability)}) >= ${mostKinds}`
  const columns = `CASE WHEN ${full} AND NOT ${known} THEN '[]' ELSE ${of.columns} END`
  const now = `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`
  return `INSERT INTO banyan_observed (capability, tbl, operation, columns, count, first_at, last_at)
      SELECT ${literal(of.capability)}, ${literal(of.table)}, ${literal(of.operation)}, made.columns, 0, ${now}, ${now} FROM (SELECT ${columns} AS columns) AS made
      WHERE ${foreign} AND NOT EXISTS (SELECT 1 FROM banyan_observed AS o WHERE ${kind} AND o.columns = made.columns);
    UPDATE banyan_observed SET count = count + 1, last_at = ${now}
      WHERE ${foreign} AND ${kind} AND columns = CASE WHEN ${known} THEN ${of.columns} ELSE '[]' END;`
}

/** What an observing fence saw of a capability's writers, the latest first. */
export function listObserved(handle: SqliteHandle, capability: string): readonly ObservedWriter[] {
  if (!hasTable(handle, 'banyan_observed')) return []
  const sql = `SELECT tbl, operation, columns, count, first_at, last_at FROM banyan_observed WHERE capability = ?
    ORDER BY last_at DESC, tbl, operation, columns LIMIT ?`
  return handle.rows(sql, capability, mostKinds).map(([table, operation, columns, count, firstAt, lastAt]) => ({
    table: String(table),
    operation: operation === 'insert' || operation === 'delete' ? operation : 'update',
    columns: JSON.parse(String(columns)) as readonly string[],
    application: undefined,
    count: Number(count),
    firstAt: Number(firstAt),
    lastAt: Number(lastAt),
  }))
}

/** Forgets what was seen of a capability. */
export function forgetObserved(handle: SqliteHandle, capability: string): void {
  if (hasTable(handle, 'banyan_observed')) handle.run('DELETE FROM banyan_observed WHERE capability = ?', capability)
}
