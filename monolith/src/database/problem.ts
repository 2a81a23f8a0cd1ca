/** A failure that the operator of the shop meets: what happened, where, and what to do. */
export class ShopProblem extends Error {
  readonly code: string
  readonly hint: string

  constructor(code: string, message: string, details: { readonly hint: string; readonly cause?: unknown }) {
    super(message, { cause: details.cause })
    this.name = 'ShopProblem'
    this.code = code
    this.hint = details.hint
  }
}

/** Why the database did not do what it was asked: each kind wants another answer. */
export type DatabaseTrouble = 'busy' | 'refused' | 'duplicate' | 'bad-text' | 'unreachable' | 'not-a-database' | 'other'

const troubleByCode: Readonly<Record<string, DatabaseTrouble>> = {
  SQLITE_CONSTRAINT_TRIGGER: 'refused',
  SQLITE_READONLY: 'refused',
  SQLITE_CONSTRAINT_UNIQUE: 'duplicate',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'duplicate',
  SQLITE_CANTOPEN: 'unreachable',
  SQLITE_NOTADB: 'not-a-database',
  SQLITE_CORRUPT: 'not-a-database',
  P0001: 'refused',
  '25006': 'refused',
  '42501': 'refused',
  '23505': 'duplicate',
  '22021': 'bad-text',
  '22P05': 'bad-text',
  '40001': 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  '57014': 'busy',
  '53300': 'busy',
  '57P01': 'unreachable',
  '57P03': 'unreachable',
  '3D000': 'unreachable',
  '28P01': 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  ETIMEDOUT: 'unreachable',
}

/** What kind of trouble a thrown database error is, by the driver's code (SQLite result codes, PostgreSQL appendix A). */
export function troubleOf(thrown: unknown): DatabaseTrouble {
  const code = codeOf(thrown)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy'
  if (thrown instanceof Error && thrown.name === 'KnexTimeoutError') return 'busy'
  // pg gives this one no code.
  if (thrown instanceof Error && thrown.message.startsWith('Connection terminated')) return 'unreachable'
  return troubleByCode[code] ?? 'other'
}

/** The message of the database itself, without the statement that knex puts before it. */
export function plainMessageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const inner = thrown instanceof AggregateError && thrown.errors[0] instanceof Error ? thrown.errors[0] : thrown
  const cut = inner.message.lastIndexOf(' - ')
  return cut < 0 ? inner.message : inner.message.slice(cut + 3)
}

/** What a database says of a write that it refused: its message and, where the message does not hold it, its hint (PostgreSQL). */
export function refusalOf(thrown: unknown): string {
  const message = plainMessageOf(thrown)
  const hint = thrown instanceof Error && 'hint' in thrown && typeof thrown.hint === 'string' ? thrown.hint : ''
  return hint === '' || message.includes(hint) ? message : `${message} (${hint})`
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return codeOf(thrown.errors[0])
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}
