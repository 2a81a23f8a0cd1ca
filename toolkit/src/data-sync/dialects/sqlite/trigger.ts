import { quoted, type SqliteHandle } from './handle.ts'
import type { SqliteColumn } from './schema.ts'

/** A trigger by name, and the statement that makes it. */
export interface Trigger {
  readonly name: string
  readonly sql: string
}

/** What a trigger stands on and does. */
export interface TriggerParts {
  readonly table: string
  /** `AFTER UPDATE`, also `AFTER UPDATE OF "a", "b"`. */
  readonly event: string
  readonly when?: string
  /** Statements, each with its semicolon. */
  readonly body: readonly string[]
}

/** Writes the statement of a trigger. Only constructs that old SQLite knows: the application that fires it may link another version than this one. */
export function trigger(name: string, { table, event, when, body }: TriggerParts): Trigger {
  const condition = when === undefined ? '' : ` WHEN ${when}`
  return {
    name,
    sql: `CREATE TRIGGER ${quoted(name)} ${event} ON ${quoted(table)}${condition} BEGIN ${body.join(' ')} END`,
  }
}

/** ` OF "a", "b"`: an update that sets none of these columns costs nothing. Not where one is computed by the database, for that changes without being set. */
export function ofColumns(columns: readonly string[], present: readonly SqliteColumn[]): string {
  const computed = present.some(({ name, generated }) => generated && columns.includes(name))
  return computed || columns.length === 0 ? '' : ` OF ${columns.map(quoted).join(', ')}`
}

/** The triggers of the database whose names start so. */
export function readTriggers(handle: SqliteHandle, prefix: string): readonly Trigger[] {
  const sql = `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?`
  return handle.rows(sql, prefix.length, prefix).map(([name, text]) => ({ name: String(name), sql: String(text) }))
}

/** Whether these are the same triggers, in whatever order. */
export function sameTriggers(present: readonly Trigger[], wanted: readonly Trigger[]): boolean {
  const byName = new Map(present.map(({ name, sql }) => [name, sql]))
  return byName.size === wanted.length && wanted.every(({ name, sql }) => byName.get(name) === sql)
}

/** Drops the triggers whose names start so. */
export function dropTriggers(handle: SqliteHandle, prefix: string): void {
  for (const { name } of readTriggers(handle, prefix)) handle.exec(`DROP TRIGGER ${quoted(name)}`)
}
