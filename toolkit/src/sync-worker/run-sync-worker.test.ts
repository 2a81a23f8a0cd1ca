import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, openShop } from '../data-sync/fixtures/shop.ts'
import { startAdmin } from './edges/edge.fixture.ts'

const main = fileURLToPath(new URL('./fixtures/worker-main.ts', import.meta.url))

test('a worker copies and follows as the environment says, tells where it stands, reports to the edges, and drains at SIGTERM', async () => {
  const edge = await startAdmin({ '/applied': { body: { now: 1000 } } })
  const { shop, env } = await world([edge.url])
  const worker = start(env)
  const status = await eventually(() => worker.status())
  expect(status).toMatchObject({ formatVersion: 1, capability: 'users' })
  shop.legacy.prepare("UPDATE cust SET email = 'new@x' WHERE cust_id = 2").run()
  await eventually(() => shop.service.prepare("SELECT 1 FROM users WHERE email = 'new@x'").get())
  expect(await worker.ready()).toBe(200)
  await eventually(() => edge.heard.find(({ body }) => JSON.stringify(body).includes('"through":1000')))
  expect(await worker.end('SIGTERM')).toBe(0)
  expect(worker.said()).toContain('"msg":"sync worker begins"')
  expect(worker.said()).toContain('"msg":"drained"')
})

test('a worker ends a cutover whose coordinator was lost, and says so', async () => {
  const edge = await startAdmin({ '/applied': { body: { now: 1000 } } })
  const { shop, env } = await world([edge.url])
  const sync = await shop.sync()
  await sync.install()
  await sync.observe('enforce')
  const begun = { to: 'service', epoch: 1, coordinator: 'bob@desk', startedAt: Date.now(), expiresAt: Date.now() + 300 }
  const intent = JSON.stringify({ id: 'lost', step: 'hold', ...begun })
  for (const database of [shop.legacy, shop.service]) database.prepare('UPDATE banyan_owner SET intent = ?').run(intent)
  const worker = start(env)
  await eventually(() => edge.heard.some(({ path }) => path === '/release'))
  await eventually(() => worker.said().includes('ended a cutover whose coordinator was lost'))
  expect(shop.service.prepare('SELECT owner, epoch, intent FROM banyan_owner').get()).toEqual({
    owner: 'legacy',
    epoch: 2,
    intent: null,
  })
  await worker.end('SIGTERM')
})

test('a start that cannot be is said on stderr, with exit code 4', async () => {
  const { env } = await world([])
  const worker = start({ ...env, MONOLITH_DATABASE_URL: '' })
  expect(await worker.ended()).toBe(4)
  expect(worker.said()).toContain('users-sync: MONOLITH_DATABASE_URL is not set')
})

async function world(edges: readonly string[]) {
  const shop = await openShop()
  shop.fill(5)
  const sync = await shop.sync()
  await sync.install()
  await sync.backfill()
  const token = join(shop.folder, 'admin-token')
  writeFileSync(token, 'secret\n')
  const env = {
    MONOLITH_DATABASE_URL: shop.paths.legacy,
    USERS_DATABASE_URL: shop.paths.service,
    USERS_SYNC_PORT: String(await freePort()),
    BANYAN_EDGES: edges.join(','),
    BANYAN_ADMIN_TOKEN_FILE: token,
  }
  return { shop, env }
}

function start(env: Readonly<Record<string, string>>) {
  const flags = ['--import', 'tsx', '--conditions=banyan-source']
  const child = spawn(process.execPath, [...flags, main], { env: { PATH: process.env.PATH, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk
    })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGKILL')
    await closed
  })
  const get = (path: string) => fetch(`http://127.0.0.1:${env.USERS_SYNC_PORT}${path}`).catch(() => undefined)
  return {
    said: () => said,
    status: async () => (await get('/status'))?.json(),
    ready: async () => (await get('/readyz'))?.status,
    ended: async () => Number((await closed)[0]),
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      return Number((await closed)[0])
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
