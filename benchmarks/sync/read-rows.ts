import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import pg from 'pg'
import { columns } from './orders.ts'

const pageRows = 5000

/** How long one side takes to come into JavaScript and through a digest, as raw rows in pages of 5000: the limit of a verification, in ms. */
export async function readRows(url: string): Promise<number> {
  const started = performance.now()
  await (url.startsWith('postgres:') ? readPostgres(url) : readSqlite(url))
  return performance.now() - started
}

function readSqlite(file: string): void {
  const database = new Database(file, { readonly: true })
  const page = database
    .prepare(`SELECT ${columns.legacy} FROM ord_hdr WHERE ord_id > ? ORDER BY ord_id LIMIT ${pageRows}`)
    .raw()
  for (let rows: unknown[][] = [[0]]; rows.length > 0; digest(rows)) rows = page.all(rows.at(-1)?.[0]) as unknown[][]
  database.close()
}

async function readPostgres(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  const text = `SELECT ${columns.legacy} FROM ord_hdr WHERE ord_id > $1 ORDER BY ord_id LIMIT ${pageRows}`
  for (let rows: unknown[][] = [[0]]; rows.length > 0; digest(rows)) {
    const types = { getTypeParser: () => String }
    rows = (await client.query({ name: 'page', text, values: [rows.at(-1)?.[0]], rowMode: 'array', types })).rows
  }
  await client.end()
}

function digest(rows: readonly unknown[][]): string {
  return createHash('md5')
    .update(rows.map((row) => row.join('\t')).join('\n'))
    .digest('hex')
}
