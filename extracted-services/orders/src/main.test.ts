import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess, takenPort } from '../../../test/service-process.ts'
import { shopAnswer, startNeighbour, usersAnswer } from '../test/neighbours.ts'

const main = new URL('main.ts', import.meta.url).pathname
const worker = new URL('data-sync/main.ts', import.meta.url).pathname

test('the service says that it listens and whose the data are; it answers, and drains at SIGTERM', async () => {
  const { env } = await surroundings()
  const service = startProcess(main, { ...env, ORDERS_PORT: '0', ORDERS_OWNER: 'service' })
  const { url, owner } = JSON.parse(await service.line('orders service listens'))
  expect(owner).toBe('service')
  const placed = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'x-api-key': 'key-1', 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 1, lines: [{ productId: 5 }] }),
  })
  expect(placed.status).toBe(201)
  service.process.kill('SIGTERM')
  expect(await service.ended).toBe(0)
  expect(service.output()).toContain('drained')
  expect(service.output()).not.toContain('key-1')
})

test('a taken port is named with the variable that moves it', async () => {
  const { env } = await surroundings()
  const port = await takenPort()
  const service = startProcess(main, { ...env, ORDERS_PORT: port })
  expect(await service.ended).toBe(5)
  expect(service.output()).toContain(`port ${port} on 127.0.0.1 is taken`)
  expect(service.output()).toContain('ORDERS_PORT')
})

test('a start without its settings ends with exit code 4 and says what to set', async () => {
  const service = startProcess(main, {})
  expect(await service.ended).toBe(4)
  expect(service.output()).toContain('ORDERS_DATABASE_URL is not set\n  a SQLite path')
})

test('the sync worker says that the monolith has no database', async () => {
  const { env, folder } = await surroundings()
  const sync = startProcess(worker, { ...env, MONOLITH_DATABASE_URL: path.join(folder, 'absent.sqlite') })
  expect(await sync.ended).not.toBe(0)
  expect(sync.output()).toContain('absent.sqlite')
})

async function surroundings() {
  const folder = await mkdtemp(path.join(tmpdir(), 'banyan-orders-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const keys = path.join(folder, 'api-keys')
  await writeFile(keys, '# the shop\nkey-1 warehouse\n')
  const [users, shop] = [await startNeighbour(usersAnswer), await startNeighbour(shopAnswer)]
  const databases = { ORDERS_DATABASE_URL: path.join(folder, 'orders.sqlite') }
  return { folder, env: { ORDERS_API_KEYS_FILE: keys, USERS_URL: users.url, MONOLITH_URL: shop.url, ...databases } }
}
