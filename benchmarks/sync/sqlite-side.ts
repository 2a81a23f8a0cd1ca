import { rmSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { columns, createTable, rowValues } from './orders.ts'
import type { Side } from './side.ts'

const create = createTable('integer PRIMARY KEY')

/** SQLite files in a folder, in WAL mode as applications have them. */
export function openSqliteSide(folder: string, rows: number): Side {
  let legacy: string | undefined
  let count = 0

  function make(name: string, sql: string): string {
    const file = path.join(folder, `${name}.sqlite`)
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
    withDatabase(file, (database) => {
      database.pragma('journal_mode = WAL')
      database.exec(sql)
    })
    return file
  }

  const side: Side = {
    name: 'SQLite',
    legacy: async () => {
      legacy ??= make('legacy', `${create.legacy}; ${insertRows(rows)}`)
      return legacy
    },
    freshService: async () => {
      for (const suffix of ['', '-wal', '-shm'])
        rmSync(path.join(folder, `service-${count}.sqlite${suffix}`), { force: true })
      return make(`service-${++count}`, create.service)
    },
    run: async (url, sql) => withDatabase(url, (database) => void database.exec(sql)),
    limitFrom: async () => {
      const source = await side.legacy()
      const target = make('limit', create.service)
      const tookMs = withDatabase(target, (database) => copyOverAttach(database, source))
      return { tookMs, how: 'INSERT .. SELECT over ATTACH' }
    },
    settle: async (url) => withDatabase(url, (database) => void database.pragma('wal_checkpoint(TRUNCATE)')),
    close: async () => undefined,
  }
  return side
}

function copyOverAttach(database: Database.Database, source: string): number {
  database.pragma('synchronous = FULL')
  database.prepare('ATTACH ? AS source').run(source)
  const started = performance.now()
  database.exec(`INSERT INTO orders (${columns.service}) SELECT ${columns.legacy} FROM source.ord_hdr ORDER BY ord_id`)
  return performance.now() - started
}

function insertRows(rows: number): string {
  const values = rowValues((expression) => `printf('%02d', ${expression})`)
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO ord_hdr (${columns.legacy}) SELECT ${values} FROM n`
}

function withDatabase<Result>(file: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(file, { timeout: 10_000 })
  try {
    return work(database)
  } finally {
    database.close()
  }
}
