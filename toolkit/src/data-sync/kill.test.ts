import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, openShop, type Shop } from './fixtures/shop.ts'

const kills = 20

test('law 4: a worker killed with -9 at twenty random moments under writes loses nothing and doubles nothing', async () => {
  const shop = await openShop()
  shop.fill(4000)
  const writer = start('writer-main.ts', [shop.paths.legacy])
  const sync = await shop.sync({ holder: 'test' })
  await sync.install()
  shop.service.exec(`UPDATE banyan_sync_job SET phase = 'wanted'`)

  let standby = start('worker-main.ts', [shop.paths.legacy, shop.paths.service])
  const seen = { backfilling: 0, following: 0 }
  for (let kill = 0; kill < kills; kill++) {
    const worker = standby
    await atWork(shop, worker)
    standby = start('worker-main.ts', [shop.paths.legacy, shop.paths.service])
    await delay(Math.random() * 120)
    const { phase } = (await sync.status()).backfill
    if (phase === 'done') seen.following++
    else seen.backfilling++
    // So that the backfill, too, is hit more than once.
    if (phase === 'done' && kill % 3 === 0) shop.service.exec(`UPDATE banyan_sync_job SET phase = 'wanted'`)
    await killed(worker)
  }
  await killed(standby)
  writer.send('stop')
  await once(writer, 'exit')
  await sync.work({ until: 'caught-up', wait: true })

  const report = await sync.verifyEqual()
  expect(report.differences).toEqual([])
  expect(report).toMatchObject({ equal: true, complete: true })
  expect(report.compared).toBeGreaterThan(1000)
  expect(await sync.quarantined()).toEqual([])
  expect(seen.backfilling).toBeGreaterThan(0)
  expect(seen.following).toBeGreaterThan(0)
}, 40_000)

async function atWork(shop: Shop, worker: ChildProcess): Promise<void> {
  const holder = shop.service.prepare('SELECT holder FROM banyan_sync_lease').pluck()
  await eventually(() => holder.get() === `worker:${worker.pid}`)
}

async function killed(worker: ChildProcess): Promise<void> {
  const gone = once(worker, 'exit')
  worker.kill('SIGKILL')
  await gone
}

function start(file: string, args: readonly string[]): ChildProcess {
  const path = new URL(`./fixtures/${file}`, import.meta.url).pathname
  const child = fork(path, args, {
    execArgv: ['--import', 'tsx', '--conditions=banyan-source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}
