import { expect, test } from 'vitest'
import { eventually, openShop, type Shop } from './fixtures/shop.ts'
import type { Sync } from './sync.ts'

test('a paused worker keeps its lease and its heartbeat, applies nothing, and goes on where it was', async () => {
  const { shop, sync, stop } = await atWork(20)
  await sync.pause()
  await eventually(async () => (await sync.status()).settings.paused)
  await new Promise((resolve) => setTimeout(resolve, 150)) // The step that was under way.
  shop.legacy.exec(`UPDATE cust SET nm = 'x'`)
  const { lastHeartbeat } = await workerOf(sync)
  await eventually(async () => (await workerOf(sync)).lastHeartbeat > lastHeartbeat)
  expect((await sync.status()).worker).toMatchObject({ alive: true })
  expect(await count(shop, `name = 'x'`)).toBe(0)
  await sync.resume()
  await eventually(async () => (await count(shop, `name = 'x'`)) === 20)
  await stop()
})

test('a rate that is set while a backfill runs holds it back, and is lifted while it runs', async () => {
  const shop = await openShop()
  shop.fill(3000)
  const sync = await shop.sync()
  await sync.install()
  expect(await sync.set({ maxRate: 200 })).toMatchObject({ maxRate: 200, chunkTimeMs: 80, paused: false })
  const other = await shop.sync({ holder: 'worker-2' })
  const began = performance.now()
  const copying = other.backfill()
  await eventually(async () => (await sync.status()).backfill.copied >= 150)
  const { copied } = (await sync.status()).backfill
  expect(copied).toBeLessThan(100 + ((performance.now() - began) / 1000) * 200 + 200)
  await sync.set({ maxRate: undefined })
  await copying
  expect((await sync.status()).backfill).toMatchObject({ phase: 'done', copied: 3000 })
})

test('a setting that makes no sense is refused', async () => {
  const shop = await openShop()
  const sync = await shop.sync()
  await expect(sync.set({ chunkTimeMs: 0 })).rejects.toMatchObject({ code: 'sync-setting-invalid', exitCode: 64 })
  await expect(sync.set({ maxRate: Number.NaN })).rejects.toMatchObject({ code: 'sync-setting-invalid' })
})

test('a quarantined aggregate is taken up again when somebody asks for it', async () => {
  const { shop, sync, stop } = await atWork(5)
  shop.legacy.exec(`UPDATE cust SET st_cd = 'Q' WHERE cust_id = 2`)
  await eventually(async () => (await sync.quarantined()).length === 1)
  expect(await sync.retry()).toBe(1)
  await eventually(async () => (await sync.quarantined())[0]?.attempts === 2)
  expect(await sync.retry([3])).toBe(0)
  // What could not be translated can be now, without a change that the feed would tell of.
  shop.legacy.exec(`DROP TRIGGER banyan_users_legacy_cust_after_update; UPDATE cust SET st_cd = 'X' WHERE cust_id = 2`)
  await sync.retry([2])
  await eventually(async () => (await sync.quarantined()).length === 0)
  expect(await count(shop, `id = 2 AND status = 'closed'`)).toBe(1)
  await stop()
})

test('law 7: an idle worker shows its heartbeat; one whose heartbeat stands still has an unknown lag', async () => {
  const { shop, sync, stop } = await atWork(3)
  await eventually(async () => (await sync.status()).beatAt)
  expect(await sync.status()).toMatchObject({ lag: { changes: 0 }, lagUnknown: undefined })
  const first = (await sync.status()).beatAt ?? 0
  await eventually(async () => ((await sync.status()).beatAt ?? 0) > first)
  await stop()
  shop.service.exec(`UPDATE banyan_sync_job SET beat_at = ${Date.now() - 60_000};
    UPDATE banyan_sync_lease SET expires_at = ${Date.now() + 60_000}, process = NULL`)
  expect(await sync.status()).toMatchObject({ lag: undefined, lagUnknown: expect.stringContaining('no heartbeat') })
})

async function atWork(customers: number) {
  const shop = await openShop()
  shop.fill(customers)
  const worker = await shop.sync()
  await worker.backfill()
  const ended = new AbortController()
  const working = worker.work({ signal: ended.signal })
  const sync = await shop.sync({ holder: 'asks' })
  await eventually(async () => (await sync.status()).worker?.alive)
  const stop = async () => {
    ended.abort()
    await working
  }
  return { shop, sync, stop }
}

async function workerOf(sync: Sync) {
  const { worker } = await sync.status()
  if (worker === undefined) throw new Error('no worker')
  return worker
}

async function count(shop: Shop, where: string): Promise<unknown> {
  return shop.service.prepare(`SELECT count(*) FROM users WHERE ${where}`).pluck().get()
}
