import { expect, test } from 'vitest'
import { eventually, openShop, type Shop } from '../fixtures/shop.ts'

const stepOf = ({ service }: Shop) => service.prepare('SELECT step FROM banyan_sync_job').pluck().get()

test('a backfill into an empty target needs no sweep: what is deleted on both sides of its cursor, also while no worker lives, does not come back', async () => {
  const shop = await openShop()
  shop.fill(2000)
  const first = await shop.sync()
  await first.install()
  await first.set({ maxRate: 400 })
  const stop = new AbortController()
  const copying = first.backfill({ signal: stop.signal })
  await eventually(async () => (await first.status()).backfill.copied >= 200)
  shop.legacy.exec('DELETE FROM cust WHERE cust_id IN (1, 2000)')
  stop.abort()
  await copying
  expect((await first.status()).backfill).toMatchObject({ phase: 'running', step: 'fill' })
  shop.legacy.exec('DELETE FROM cust WHERE cust_id IN (2, 1999)')
  const second = await shop.sync({ holder: 'worker-2' })
  await second.set({ maxRate: undefined })
  await second.backfill()
  await second.follow({ until: 'caught-up' })
  expect((await second.status()).backfill).toMatchObject({ phase: 'done', step: 'fill' })
  expect(await second.verify()).toMatchObject({ equal: true, aggregates: 1996, complete: true })
})

test('a backfill that is wanted anew sweeps what the source no longer has, and leaves what it has', async () => {
  const shop = await openShop()
  shop.fill(1200)
  const sync = await shop.sync()
  await sync.backfill()
  expect(stepOf(shop)).toBe('fill')
  // Nobody captured this: the feed was away.
  await sync.uninstall()
  shop.legacy.exec('DELETE FROM cust WHERE cust_id % 3 = 0; DELETE FROM cust_addr WHERE cust_id % 3 = 0')
  await sync.install()
  await sync.backfill()
  expect(stepOf(shop)).toBe('sweep')
  expect(await sync.verify()).toMatchObject({ equal: true, aggregates: 800, complete: true })
})
