import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildSync, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startProcess, takenPort } from '../../../test/service-process.ts'
import { customerTranslator } from './anti-corruption/customer-translator.ts'
import { capability } from './capability.ts'
import { connectDatabase } from './database/connect.ts'

const main = new URL('main.ts', import.meta.url).pathname
const worker = new URL('data-sync/main.ts', import.meta.url).pathname

test('the service says that it listens, whose the data are, and a planted bug; it answers, and drains at SIGTERM', async () => {
  const { env } = await surroundings()
  const service = startProcess(main, { ...env, USERS_PORT: '0', USERS_OWNER: 'service', USERS_PLANT_BUG: 'time-zone' })
  expect(JSON.parse(await service.line('PLANTED BUG'))).toMatchObject({ level: 'warn', bug: 'time-zone' })
  const { url, owner } = JSON.parse(await service.line('users service listens'))
  expect(owner).toBe('service')
  const created = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'x-api-key': 'key-1', 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.org', familyName: 'Lovelace', password: 'analytical' }),
  })
  expect(created.status).toBe(201)
  service.process.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).toContain('drained')
  expect(service.output()).not.toContain('analytical')
})

test('a taken port is named with the variable that moves it', async () => {
  const { env } = await surroundings()
  const port = await takenPort()
  const service = startProcess(main, { ...env, USERS_PORT: port })
  expect(await service.ended).toBe(5)
  expect(service.output()).toContain(`port ${port} on 127.0.0.1 is taken`)
  expect(service.output()).toContain('USERS_PORT')
})

test('a start without its settings ends with exit code 4 and says what to set', async () => {
  const service = startProcess(main, {})
  expect(await service.ended).toBe(4)
  expect(service.output()).toContain('USERS_DATABASE_URL is not set\n  a SQLite path')
})

test('the sync worker copies when asked to, follows, tells the edge and drains at SIGTERM', async () => {
  const { env, folder } = await surroundings()
  const legacyUrl = path.join(folder, 'monolith.sqlite')
  const legacy = await legacyDatabase(legacyUrl)
  await legacy('cust').insert(customer(1))
  const edge = await startEdge()
  const token = path.join(folder, 'admin-token')
  await writeFile(token, 'secret\n')
  const sync = startProcess(worker, {
    ...env,
    MONOLITH_DATABASE_URL: legacyUrl,
    BANYAN_EDGES: edge.url,
    BANYAN_ADMIN_TOKEN_FILE: token,
  })
  await sync.line('no backfill yet')
  await askForBackfill(legacyUrl, env.USERS_DATABASE_URL)
  await legacy('cust').insert(customer(2))
  const users = connectDatabase(env.USERS_DATABASE_URL)
  onTestFinished(() => users.destroy())
  await vi.waitFor(async () => expect(await users('users').pluck('id')).toEqual([1, 2]), 10_000)
  await vi.waitFor(
    () => expect(edge.heard).toContainEqual({ capability: 'users', from: 'legacy', through: 42 }),
    10_000,
  )
  sync.process.kill('SIGTERM')
  expect(await sync.ended).toBe(0)
  expect(sync.output()).toContain('drained')
})

test('the sync worker says that the monolith has no database', async () => {
  const { env, folder } = await surroundings()
  const sync = startProcess(worker, { ...env, MONOLITH_DATABASE_URL: path.join(folder, 'absent.sqlite') })
  expect(await sync.ended).not.toBe(0)
  expect(sync.output()).toContain('absent.sqlite')
})

async function askForBackfill(legacyUrl: string, serviceUrl: string): Promise<void> {
  const legacy = await openSyncDatabase(legacyUrl)
  const service = await openSyncDatabase(serviceUrl)
  const sync = buildSync({ manifest: capability, legacy, service, holder: 'somebody who asks' })
  await sync.backfill()
  await sync.close()
}

async function legacyDatabase(url: string) {
  const db = connectDatabase(url)
  onTestFinished(() => db.destroy())
  const { root, children } = customerTranslator.columns?.legacy ?? { root: [], children: {} }
  await db.schema.createTable('cust', (table) => {
    for (const column of root) column === 'cust_id' ? table.integer(column).primary() : table.text(column)
  })
  await db.schema.createTable('cust_addr', (table) => {
    for (const column of children.addresses ?? [])
      column === 'addr_id' ? table.integer(column).primary() : table.text(column)
  })
  return db
}

function customer(id: number) {
  const times = { crt_dt: '03/04/2019 04:00 AM', upd_dt: '05/06/2024 09:07 AM' }
  const flags = { st_cd: 'A', nl_flg: 'N', del_flg: 'N', ph: null, loy_tier: null, intrsts: '' }
  return {
    cust_id: id,
    nm: `SMITH, JOHN ${id}`,
    email: `j${id}@example.org`,
    pwd_hash: 'ab',
    pwd_salt: 'cd',
    ...flags,
    ...times,
  }
}

async function startEdge() {
  const heard: unknown[] = []
  const server = createHttpServer(async (request, response) => {
    heard.push(JSON.parse(Buffer.concat(await request.toArray()).toString()))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"now":42}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  const address = server.address()
  return { heard, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` }
}

async function surroundings() {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-users-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const keys = path.join(folder, 'api-keys')
  await writeFile(keys, '# the shop\nkey-1 warehouse\n')
  return { folder, env: { USERS_API_KEYS_FILE: keys, USERS_DATABASE_URL: path.join(folder, 'users.sqlite') } }
}
