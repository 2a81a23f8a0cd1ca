import type pg from 'pg'
import { type CopyMessage, copyIn } from './copy-in.ts'

/** A row as PostgreSQL writes its values: texts, in the order of the columns. */
export type TextRow = readonly (string | null)[]

/** A value as a parameter. */
export type Parameter = string | number | boolean | bigint | null | undefined

/** One connection within a transaction. Every value comes back as text: what it means is decided by whoever knows the column. */
export interface PostgresSession {
  /** The sync's own tables that were seen, so that they need not be looked for each time; undefined: they are looked for. */
  readonly seen?: Set<string>
  rows(sql: string, ...parameters: readonly Parameter[]): Promise<readonly TextRow[]>
  row(sql: string, ...parameters: readonly Parameter[]): Promise<TextRow | undefined>
  /** The number of rows that changed. */
  run(sql: string, ...parameters: readonly Parameter[]): Promise<number>
  /** Rows with the type (OID) of each column; one statement only. */
  typed(sql: string): Promise<{ readonly types: readonly number[]; readonly rows: readonly TextRow[] }>
  /** Runs several statements without parameters in one round trip. */
  exec(sql: string): Promise<void>
  /** Copies rows in, in one round trip. */
  copyIn(message: CopyMessage): Promise<void>
}

const asText = (value: unknown) => value
/** Hands each value on as the text that PostgreSQL wrote. */
export const textTypes = { getTypeParser: () => asText }

/** Wraps a connected client. */
export function buildSession(client: pg.ClientBase): PostgresSession {
  async function query(text: string, parameters: readonly Parameter[]) {
    const values = parameters.map((value) => (typeof value === 'bigint' ? String(value) : value))
    return await client.query<(string | null)[]>({ text, values, rowMode: 'array', types: textTypes })
  }

  return {
    rows: async (sql, ...parameters) => (await query(sql, parameters)).rows,
    row: async (sql, ...parameters) => (await query(sql, parameters)).rows[0],
    run: async (sql, ...parameters) => (await query(sql, parameters)).rowCount ?? 0,
    typed: async (text) => {
      // The extended protocol takes one statement only, so that nothing can follow a SELECT.
      const alone = { text, queryMode: 'extended', rowMode: 'array', types: textTypes } as const
      const { rows, fields } = await client.query<(string | null)[]>(alone)
      return { rows, types: fields.map((field) => field.dataTypeID) }
    },
    exec: async (sql) => {
      await client.query(sql)
    },
    copyIn: (message) => copyIn(client, message),
  }
}
