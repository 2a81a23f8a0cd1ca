/** The part of better-sqlite3's connection that knex asks for statements. */
export interface PreparingConnection<Statement> {
  prepare(sql: string): Statement
}

const most = 200

/**
 * Lets a connection prepare each SELECT once: knex prepares all of them anew each time, which costs more than to run them.
 * Safe, for knex runs a statement to its end before it gives way.
 */
export function keepStatements<Statement>(connection: PreparingConnection<Statement>): void {
  const kept = new Map<string, Statement>()
  const prepare = connection.prepare.bind(connection)
  connection.prepare = (sql) => {
    const known = kept.get(sql)
    if (known !== undefined) return known
    const made = prepare(sql)
    if (!/^\s*select\b/i.test(sql)) return made
    if (kept.size >= most) kept.clear()
    kept.set(sql, made)
    return made
  }
}
