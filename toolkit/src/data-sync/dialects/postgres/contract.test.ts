import { afterAll, beforeAll, describe, test } from 'vitest'
import { dialectContract } from '../contract/index.ts'
import { postgresLab } from './fixtures/lab.ts'
import { type PostgresServer, startPostgres } from './fixtures/server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describe('the PostgreSQL dialect', () => {
  for (const { name, run } of dialectContract) test(name, async () => run(postgresLab(server)))
})
