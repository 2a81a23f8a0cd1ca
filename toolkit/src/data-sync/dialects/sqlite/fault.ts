import { exitCodes, Fault, messageOf, systemCodeOf } from '../../../base/index.ts'

/** Whether a constraint of the database refused a row. */
export function isConstraintError(thrown: unknown): boolean {
  return systemCodeOf(thrown)?.startsWith('SQLITE_CONSTRAINT') ?? false
}

/** Whether it was a foreign key; at a commit, one that is checked only then. */
export function isForeignKeyError(thrown: unknown): boolean {
  return systemCodeOf(thrown) === 'SQLITE_CONSTRAINT_FOREIGNKEY'
}

/** What an operator is told of a commit that foreign keys refused; `rows` says which rows. */
export function danglingFault(thrown: unknown, label: string, rows: readonly string[]): Fault {
  return new Fault(
    'sync-constraint-late',
    `${label}: nothing could be committed: ${rows.join('; ') || messageOf(thrown)}`,
    {
      hint: 'foreign keys that are DEFERRED cannot be set aside one by one: bring those rows first, or declare the key without DEFERRABLE',
      exitCode: exitCodes.differences,
      cause: thrown,
    },
  )
}

/** Whether another connection holds a lock that will be free in a while. */
export function isBusy(thrown: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(systemCodeOf(thrown) ?? '')
}

/** What an operator is told of an error of SQLite; anything else comes back as it is. Codes: https://sqlite.org/rescode.html */
export function sqliteFault(thrown: unknown, label: string): unknown {
  const code = systemCodeOf(thrown)
  if (thrown instanceof Fault || code === undefined || !code.startsWith('SQLITE_')) return thrown
  const said = `${label}: ${messageOf(thrown)}`
  if (isBusy(thrown)) return busy(said, thrown)
  if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|NOMEM|PROTOCOL|PERM)/.test(code)) return down(said, thrown)
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return damaged(said, thrown)
  if (/no such (table|column)|has no column named/.test(said)) return differs(said, thrown)
  return thrown
}

function busy(message: string, cause: unknown): Fault {
  const hint = 'another process holds it locked for long; see who writes to it, then try again'
  return new Fault('sync-database-busy', message, { hint, exitCode: exitCodes.unreachable, cause })
}

function down(message: string, cause: unknown): Fault {
  const hint = 'look at the disk: free space, rights of the file and of its folder'
  return new Fault('sync-database-down', message, { hint, exitCode: exitCodes.unreachable, cause })
}

function damaged(message: string, cause: unknown): Fault {
  const hint = 'the file is not an SQLite database, or it is damaged: try `PRAGMA integrity_check`'
  return new Fault('sync-database-damaged', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}

function differs(message: string, cause: unknown): Fault {
  const hint = 'the database has another schema than the capability manifest says; migrate it or correct the manifest'
  return new Fault('sync-schema-differs', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}
