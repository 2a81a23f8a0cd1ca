/** One dialect's databases: where a pair begins or ends. */
export interface Side {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** A database with legacy's rows, made once. */
  legacy(): Promise<string>
  /** A new database with the service's table and no rows. */
  freshService(): Promise<string>
  /** Runs statements in a database. */
  run(url: string, sql: string): Promise<void>
  /** What the database itself needs to get all of a legacy database's rows into a new one, in ms, and how it does it. */
  limitFrom(source: Side): Promise<Limit>
  /** Brings the database to rest: what was written before is not paid for by what is measured next. */
  settle(url: string): Promise<void>
  close(): Promise<void>
}

/** A physical limit. */
export interface Limit {
  readonly tookMs: number
  readonly how: string
}
