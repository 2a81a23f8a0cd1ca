import { exitCodes, Fault, messageOf, systemCodeOf } from '../../../base/index.ts'
import { UnstorableValue } from './value.ts'

/** Whether the database refused a row: a constraint, a value that the column cannot hold, or a trigger of the application that raised. */
export function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof UnstorableValue) return true
  const code = systemCodeOf(thrown)
  return code !== undefined && /^(22...|23...|P0001|21000|44000|0A000)$/.test(code)
}

/** Whether somebody holds what was wanted: a lock that was not to be had in time, or a slot whose reader the server has not let go yet. */
export function isHeld(thrown: unknown): boolean {
  const code = systemCodeOf(thrown)
  // Other objects in use, which 55006 says as well, are in use by the statement itself: waiting does not help.
  const routine = thrown instanceof Error && 'routine' in thrown ? thrown.routine : undefined
  return code === '55P03' || (code === '55006' && routine === 'ReplicationSlotAcquire')
}

/** The database's words for a refused row, with the detail that names the values. */
export function refusalOf(thrown: unknown): string {
  const detail = thrown instanceof Error && 'detail' in thrown ? thrown.detail : undefined
  return typeof detail === 'string' && detail !== '' ? `${messageOf(thrown)}: ${detail}` : messageOf(thrown)
}

const busyCodes = /^(55P03|55006|57014|40001|40P01)$/
const downCodes =
  /^(08...|53...|57P0[1-5]|58...|25006|25P0[34]|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const deniedCodes = /^(28...|42501)$/
const schemaCodes = /^(42P01|42703|42704|3F000|42P10|42804|428C9)$/
const damagedCodes = /^XX00[12]$/
const lostConnection =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client was closed|not queryable/i

/**
 * What an operator is told of an error of PostgreSQL or of the way to it; anything else comes back as it is.
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function postgresFault(thrown: unknown, label: string): unknown {
  if (thrown instanceof Fault || !(thrown instanceof Error)) return thrown
  const code = systemCodeOf(thrown) ?? ''
  const said = `${label}: ${messageOf(thrown)}`
  if (busyCodes.test(code)) return busyFault(said, thrown)
  if (code === '3D000') return absent(said, thrown)
  if (deniedCodes.test(code)) return denied(said, thrown)
  if (downCodes.test(code) || lostConnection.test(thrown.message)) return down(said, thrown)
  if (schemaCodes.test(code)) return differs(said, thrown)
  if (damagedCodes.test(code)) return damaged(said, thrown)
  return thrown
}

/** Something held a lock for longer than the bound. */
export function busyFault(message: string, cause?: unknown): Fault {
  const hint =
    'another transaction holds a lock for long, or another worker the slot; see pg_stat_activity, pg_locks and pg_replication_slots, then try again'
  return new Fault('sync-database-busy', message, { hint, exitCode: exitCodes.unreachable, cause })
}

function down(message: string, cause: unknown): Fault {
  const hint = 'is the server up, reachable, writable, and has it room on its disk?'
  return new Fault('sync-database-down', message, { hint, exitCode: exitCodes.unreachable, cause })
}

function absent(message: string, cause: unknown): Fault {
  const hint = 'check the URL; the sync never creates a database. Start the application (or its migrations) first'
  return new Fault('sync-database-absent', message, { hint, exitCode: exitCodes.unreachable, cause })
}

function denied(message: string, cause: unknown): Fault {
  const hint =
    'the role of the URL needs the right to log in, to create in schema public, and to own (or TRIGGER on) the tables'
  return new Fault('sync-database-denied', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}

function damaged(message: string, cause: unknown): Fault {
  const hint = 'PostgreSQL found its own data damaged: see its log, and its backups'
  return new Fault('sync-database-damaged', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}

function differs(message: string, cause: unknown): Fault {
  const hint = 'the database has another schema than the capability manifest says; migrate it or correct the manifest'
  return new Fault('sync-schema-differs', message, { hint, exitCode: exitCodes.invalidConfig, cause })
}
