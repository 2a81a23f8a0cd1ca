import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../test/free-port.ts'
import { apiKey, folder, openShop } from '../test/shop-fixture.ts'

vi.setConfig({ testTimeout: 60_000 })

const here = import.meta.dirname

/** Runs one of the shop's programs; what it prints is collected. */
function run(file: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', path.join(here, file), ...args], {
    env: { ...process.env, ...env },
  })
  let output = ''
  child.stdout?.on('data', (data) => {
    output += data
  })
  child.stderr?.on('data', (data) => {
    output += data
  })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, exit, output: () => output }
}

async function eventually(look: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(look, { timeout: 30_000, interval: 50 }).toBe(true)
}

test('a new shop is seeded, serves, says a taken port, runs its job, and closes on SIGTERM', async () => {
  const port = await freePort()
  const env = { MONOLITH_PORT: String(port), MONOLITH_DATABASE_URL: path.join(folder(), 'shop.sqlite') }
  const shop = run('main.ts', env)
  await eventually(() => shop.output().includes('open at'))
  expect(shop.output()).toMatch(/seeded \d+ rows/)
  const answer = await fetch(`http://127.0.0.1:${port}/api/customers/2000`, { headers: { 'x-api-key': apiKey } })
  expect(answer.status).toBe(200)
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: 'ok' })

  const [second, job] = [run('main.ts', env), run('jobs/loyalty-main.ts', env)]
  expect(await second.exit).toBe(1)
  expect(second.output()).toContain('MONOLITH_PORT')

  expect(await job.exit).toBe(0)
  expect(job.output()).toMatch(/rated \d+ customers, [1-9]\d* have another tier now/)

  shop.child.kill('SIGTERM')
  expect(await shop.exit).toBe(0)
  expect(shop.output()).toContain('closed')
})

test('the seed is made by hand in a scale of its own, and made anew only when asked', async () => {
  const env = { MONOLITH_DATABASE_URL: path.join(folder(), 'shop.sqlite') }
  const first = run('seed/main.ts', env, ['--scale', '0.02'])
  expect(await first.exit).toBe(0)
  const [again, wrong] = [run('seed/main.ts', env), run('seed/main.ts', env, ['--scale', 'huge'])]
  expect(await again.exit).toBe(0)
  expect(again.output()).toContain('--fresh')
  const fresh = run('seed/main.ts', env, ['--scale', '0.01', '--fresh'])
  expect(await fresh.exit).toBe(0)
  expect(fresh.output()).toMatch(/seeded \d+ rows .*scale 0.01/)
  expect(await wrong.exit).toBe(1)
  expect(wrong.output()).toContain('usage:')
})

test('the nightly job that a trigger refuses ends with its words and what to do, and exit code 1', async () => {
  const { file } = await openShop()
  const other = new Database(file)
  const words = 'moved: users is owned by somebody else; write through the front door'
  other.exec(`CREATE TRIGGER fence BEFORE UPDATE OF loy_tier ON cust BEGIN SELECT RAISE(ABORT, '${words}'); END`)
  other.close()
  const job = run('jobs/loyalty-main.ts', { MONOLITH_DATABASE_URL: file })
  expect(await job.exit).toBe(1)
  expect(job.output()).toBe(
    `the database refused the loyalty job: ${words}\n  no tier was changed; do what the refusal says, then run the job again\n`,
  )
})

test('a database that cannot be opened ends the shop with what to do', async () => {
  const shop = run('main.ts', { MONOLITH_DATABASE_URL: path.join(folder(), 'no', 'where.sqlite') })
  expect(await shop.exit).toBe(1)
  expect(shop.output()).toContain('MONOLITH_DATABASE_URL')
  expect(shop.output()).not.toContain('    at ')
})
