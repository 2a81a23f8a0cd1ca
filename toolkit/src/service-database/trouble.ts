import { messageOf, systemCodeOf } from '../base/index.ts'

const duplicate = new Set(['SQLITE_CONSTRAINT_UNIQUE', '23505'])
const badText = new Set(['22021', '22P05'])
const busy = new Set(['40001', '40P01', '55P03', '57014', '53300'])
const unreachable = new Set([
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'EACCES',
  'EEXIST',
  'ENOTDIR',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  '57P01',
  '57P03',
  '3D000',
  '28P01',
])

/** Whether this unique index refused a row. Codes: SQLite result codes; PostgreSQL, appendix A. */
export function isDuplicateIn(thrown: unknown, index: string): boolean {
  return duplicate.has(systemCodeOf(thrown) ?? '') && messageOf(thrown).includes(index)
}

/** Whether a text has a character that the database has none of: U+0000 in PostgreSQL. */
export function isBadText(thrown: unknown): boolean {
  return badText.has(systemCodeOf(thrown) ?? '')
}

/** Whether another writer was in the way for too long, so that the same request may succeed later. */
export function isBusy(thrown: unknown): boolean {
  const code = systemCodeOf(thrown) ?? ''
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || busy.has(code) || isPoolTimeout(thrown)
}

/** Whether the database could not be reached at all. */
export function isUnreachable(thrown: unknown): boolean {
  return unreachable.has(systemCodeOf(thrown) ?? '')
}

/** Whether the file is no SQLite database, or a damaged one. */
export function isDamaged(thrown: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(systemCodeOf(thrown) ?? '')
}

function isPoolTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'KnexTimeoutError'
}
