import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Kind, openPair, type Pair, usePostgres } from './fixtures/pair.ts'
import { eventually } from './fixtures/shop.ts'

const server = usePostgres()
const cases: readonly {
  readonly kind: Kind
  readonly writer: string
  readonly customers: number
  readonly kills: number
}[] = [
  { kind: 'sqlite', writer: 'writer-main.ts', customers: 3000, kills: 6 },
  { kind: 'postgres', writer: 'writer-postgres-main.ts', customers: 2000, kills: 4 },
]

test.each(cases)(
  'law 4: a worker from $kind to $kind killed with -9 at random moments under writes loses nothing and doubles nothing',
  async ({ kind, writer: writerFile, customers, kills }) => {
    const pair = await openPair(server(), [kind, kind])
    await pair.fill(customers)
    const sync = await pair.sync({ holder: 'test' })
    await sync.install()
    const phase = async () => (await sync.status()).backfill.phase
    const writer = start(writerFile, [pair.legacy.url])
    const workers = Array.from({ length: 3 }, () => startWorker(pair))
    let killedWhileCopying = 0

    for (let kill = 0; kill < kills; kill++) {
      await pair.service.run(`UPDATE banyan_sync_job SET phase = 'wanted' WHERE phase <> 'running'`)
      const worker = await atWork(pair, workers)
      await eventually(async () => (await phase()) === 'running')
      await delay(Math.random() * 60)
      if ((await phase()) === 'running') killedWhileCopying++
      await killed(worker)
      workers.splice(workers.indexOf(worker), 1, startWorker(pair))
    }
    await eventually(async () => (await phase()) === 'done')
    for (let kill = 0; kill < kills; kill++) {
      const worker = await atWork(pair, workers)
      await delay(Math.random() * 150)
      await killed(worker)
      workers.splice(workers.indexOf(worker), 1, startWorker(pair))
    }
    const underWrites = sync.verify({ patienceMs: 60_000 })
    await Promise.all([underWrites, delay(200)])
    await Promise.all(workers.map(killed))
    writer.send('stop')
    await once(writer, 'exit')
    await sync.work({ until: 'caught-up', wait: true })
    // An e-mail that changes hands may be set aside for a moment.
    expect(await underWrites).toMatchObject({ complete: true, drift: { missing: 0, extra: 0, different: 0 } })
    const report = await sync.verify()
    expect(report).toMatchObject({ equal: true, complete: true, samples: [] })
    expect(report.aggregates).toBeGreaterThan(500)
    expect(await sync.quarantined()).toEqual([])
    expect(killedWhileCopying).toBeGreaterThan(0)
  },
  120_000,
)

function startWorker(pair: Pair): ChildProcess {
  return start('worker-main.ts', [pair.legacy.url, pair.service.url])
}

// The others stand by until the lease is free.
async function atWork(pair: Pair, workers: readonly ChildProcess[]): Promise<ChildProcess> {
  return await eventually(async () => {
    const holder = await pair.service.value('SELECT holder FROM banyan_sync_lease')
    return workers.find(({ pid }) => holder === `worker:${pid}`)
  })
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
