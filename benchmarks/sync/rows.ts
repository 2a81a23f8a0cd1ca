import Database from 'better-sqlite3'
import pg from 'pg'

/** The rows of one database as an application of its own sees them. */
export interface Rows {
  /** Writes the note of row `id`, in a transaction of its own. */
  note(id: number, note: string): Promise<void>
  /** Which of the service's rows from `first` to `last` have been noted. */
  noted(first: number, last: number): Promise<readonly number[]>
  close(): Promise<void>
}

/** Opens a database of either dialect. */
export async function openRows(url: string, arm: Arm): Promise<Rows> {
  return url.startsWith('postgres:') ? await openPostgres(url, arm) : openSqlite(url, arm)
}

type Arm = 'legacy' | 'service'

const update = (arm: Arm, note: string, id: string) =>
  arm === 'legacy'
    ? `UPDATE ord_hdr SET note = ${note} WHERE ord_id = ${id}`
    : `UPDATE orders SET note = ${note} WHERE id = ${id}`
const select = (first: string, last: string) =>
  `SELECT id FROM orders WHERE id BETWEEN ${first} AND ${last} AND (note = 'lag ' || id OR note = 'ready?')`

function openSqlite(file: string, arm: Arm): Rows {
  const database = new Database(file, { timeout: 5000 })
  database.pragma('synchronous = NORMAL')
  // Prepared when first used: each of the two databases has one of the tables only.
  let writing: Database.Statement | undefined
  let reading: Database.Statement | undefined
  return {
    note: async (id, note) => {
      writing ??= database.prepare(update(arm, '?', '?'))
      writing.run(note, id)
    },
    noted: async (first, last) => {
      reading ??= database.prepare(select('?', '?')).pluck()
      return reading.all(first, last) as number[]
    },
    close: async () => void database.close(),
  }
}

async function openPostgres(url: string, arm: Arm): Promise<Rows> {
  const pool = new pg.Pool({ connectionString: url, max: 4 }).on('error', () => undefined) // The next query tells it.
  return {
    note: async (id, note) =>
      void (await pool.query({ name: 'note', text: update(arm, '$1', '$2'), values: [note, id] })),
    noted: async (first, last) => {
      const { rows } = await pool.query({ name: 'noted', text: select('$1', '$2'), values: [first, last] })
      return rows.map((row) => Number(row.id))
    },
    close: () => pool.end(),
  }
}
