import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, openShop, type Shop } from './fixtures/shop.ts'

const killsOfEach = 10

test('law 4: a worker killed with -9 at twenty random moments under writes loses nothing and doubles nothing', async () => {
  const shop = await openShop()
  shop.fill(4000)
  const sync = await shop.sync({ holder: 'test' })
  await sync.install()
  const phase = async () => (await sync.status()).backfill.phase
  const wanted = shop.service.prepare(`UPDATE banyan_sync_job SET phase = 'wanted' WHERE phase <> 'running'`)
  const writer = start('writer-main.ts', [shop.paths.legacy])
  const workers = Array.from({ length: 3 }, () => startWorker(shop))
  let killedWhileCopying = 0

  for (let kill = 0; kill < killsOfEach; kill++) {
    wanted.run()
    const worker = await atWork(shop, workers)
    await eventually(async () => (await phase()) === 'running')
    await delay(Math.random() * 60)
    if ((await phase()) === 'running') killedWhileCopying++
    await killed(worker)
    workers.splice(workers.indexOf(worker), 1, startWorker(shop))
  }
  await eventually(async () => (await phase()) === 'done')
  for (let kill = 0; kill < killsOfEach; kill++) {
    const worker = await atWork(shop, workers)
    await delay(Math.random() * 150)
    await killed(worker)
    workers.splice(workers.indexOf(worker), 1, startWorker(shop))
  }
  await Promise.all(workers.map(killed))
  writer.send('stop')
  await once(writer, 'exit')
  await sync.work({ until: 'caught-up', wait: true })

  const report = await sync.verify()
  expect(report.samples).toEqual([])
  expect(report).toMatchObject({ equal: true, complete: true })
  expect(report.aggregates).toBeGreaterThan(500)
  expect(await sync.quarantined()).toEqual([])
  expect(killedWhileCopying).toBeGreaterThan(0)
}, 60_000)

function startWorker(shop: Shop): ChildProcess {
  return start('worker-main.ts', [shop.paths.legacy, shop.paths.service])
}

// The others stand by until the lease is free.
async function atWork(shop: Shop, workers: readonly ChildProcess[]): Promise<ChildProcess> {
  const holder = shop.service.prepare('SELECT holder FROM banyan_sync_lease').pluck()
  return await eventually(() => workers.find(({ pid }) => holder.get() === `worker:${pid}`))
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
