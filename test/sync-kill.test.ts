import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildSync, openSyncDatabase } from '@banyan/toolkit/data-sync'
import { expect, onTestFinished, test } from 'vitest'
import { capability } from '../extracted-services/users/src/capability.ts'
import { connectDatabase } from '../extracted-services/users/src/database/connect.ts'
import { migrate } from '../extracted-services/users/src/database/migrate.ts'
import { buildShoppers } from '../monolith/shoppers/shoppers.ts'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'
import { startChild } from '../scripts/child.ts'
import { freePorts } from '../scripts/ports.ts'

const kills = 20

test('law 4: the sync worker is killed with -9 twenty times during backfill and follow under writes, and both databases end equal', {
  timeout: 120_000,
}, async () => {
  const place = await startShopAndUsers()
  const shopping = new AbortController()
  const summary = buildShoppers({ ...place.shoppers, signal: shopping.signal })
  const sync = await openSync(place)
  // An aborted signal only asks: the workers find the wanted backfill.
  await sync.backfill({ signal: AbortSignal.abort() })

  const phases: string[] = []
  for (let kill = 0; kill < kills; kill++) {
    const worker = fork(
      path.join(import.meta.dirname, 'fixtures/users-sync-worker.ts'),
      [place.legacy, place.service],
      {
        execArgv: ['--import', 'tsx', '--conditions=banyan-source'],
      },
    )
    const ended = once(worker, 'exit')
    await once(worker, 'message')
    // The first ten fall into the backfill, which takes about half a second; the others into follow.
    await delay(kill < kills / 2 ? 10 + Math.random() * 60 : 200 + Math.random() * 600)
    worker.kill('SIGKILL')
    await ended
    phases.push((await sync.status()).backfill.phase)
  }
  expect(phases.filter((phase) => phase === 'running').length, `phases: ${phases}`).toBeGreaterThanOrEqual(3)
  expect(phases.filter((phase) => phase === 'done').length, `phases: ${phases}`).toBeGreaterThanOrEqual(3)

  await delay(500)
  shopping.abort()
  const shopped = await summary
  expect(shopped).toMatchObject({ failed: 0, failures: [] })
  expect(shopped.actions['change customer'] ?? shopped.requests).toBeGreaterThan(20)
  await sync.work({ wait: true, until: 'caught-up' })
  expect(await sync.quarantined()).toEqual([])
  expect(await sync.verify()).toMatchObject({ equal: true, samples: [], complete: true })
})

/** The real shop with its seeded customers, and the users service's empty database. */
async function startShopAndUsers() {
  const state = mkdtempSync(path.join(tmpdir(), 'banyan-kill-'))
  const ports = await freePorts()
  const [legacy, service] = [path.join(state, 'monolith.sqlite'), path.join(state, 'users.sqlite')]
  const monolith = await startChild({
    name: 'monolith',
    entry: 'monolith/src/main.ts',
    env: { MONOLITH_PORT: String(ports.monolith), MONOLITH_DATABASE_URL: legacy },
    logs: state,
    health: `http://127.0.0.1:${ports.monolith}/healthz`,
  })
  onTestFinished(() => monolith.stop())
  const users = connectDatabase(service)
  await migrate(users)
  await users.destroy()
  const shoppers = {
    url: `http://127.0.0.1:${ports.monolith}`,
    // Far below what the shop can do beside other tests: that a slow machine makes shoppers wait is not what is asked here.
    ratePerSecond: 40,
    seed: 7,
    apiKeys: demoApiKeys().map(({ key }) => key),
  }
  return { legacy, service, shoppers }
}

async function openSync({ legacy, service }: { readonly legacy: string; readonly service: string }) {
  const sync = buildSync({
    manifest: capability,
    legacy: await openSyncDatabase(legacy),
    service: await openSyncDatabase(service),
    holder: 'kill-test:observer',
  })
  onTestFinished(() => sync.close())
  return sync
}
