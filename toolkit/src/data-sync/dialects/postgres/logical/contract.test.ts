import { afterAll, beforeAll, describe, test } from 'vitest'
import { capturePromises } from '../../contract/capture.ts'
import { keyPromises } from '../../contract/keys.ts'
import { postgresLab } from '../fixtures/lab.ts'
import { type PostgresServer, startPostgres } from '../fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres(['max_replication_slots=200', 'max_wal_senders=200', 'max_connections=300'])
})
afterAll(() => server.stop())

describe('the PostgreSQL dialect with logical replication', () => {
  for (const { name, run } of [...capturePromises, ...keyPromises])
    test(name, async () => run(postgresLab(server, { capture: 'logical' })))
})
