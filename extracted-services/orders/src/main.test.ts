import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shopAnswer, startNeighbour, usersAnswer } from '../test/neighbours.ts'

const main = new URL('main.ts', import.meta.url).pathname
const worker = new URL('data-sync/main.ts', import.meta.url).pathname

test('the service says that it listens and whose the data are; it answers, and drains at SIGTERM', async () => {
  const { env } = await surroundings()
  const service = start(main, { ...env, ORDERS_PORT: '0', ORDERS_OWNER: 'service' })
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
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void taken.close())
  const address = taken.address()
  const port = String(typeof address === 'object' && address !== null ? address.port : 0)
  const service = start(main, { ...env, ORDERS_PORT: port })
  expect(await service.ended).toBe(5)
  expect(service.output()).toContain(`port ${port} on 127.0.0.1 is taken`)
  expect(service.output()).toContain('ORDERS_PORT')
})

test('a start without its settings ends with exit code 4 and says what to set', async () => {
  const service = start(main, {})
  expect(await service.ended).toBe(4)
  expect(service.output()).toContain('ORDERS_DATABASE_URL is not set\n  a SQLite path')
})

test('the sync worker says that the monolith has no database', async () => {
  const { env, folder } = await surroundings()
  const sync = start(worker, { ...env, MONOLITH_DATABASE_URL: path.join(folder, 'absent.sqlite') })
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

function start(file: string, env: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', '--conditions=banyan-source', file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ended = once(child, 'close').then(([code]) => code)
  onTestFinished(() => void child.kill('SIGKILL'))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = output
        .split('\n')
        .slice(0, -1)
        .find((candidate) => candidate.includes(text))
      if (found !== undefined) return found
      if (child.exitCode !== null) throw new Error(`ended without saying "${text}": ${output}`)
      await Promise.race([once(child.stdout ?? child, 'data'), ended])
    }
  }
  return { process: child, ended, line, output: () => output }
}
