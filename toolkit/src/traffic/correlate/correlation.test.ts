import { afterEach, expect, test } from 'vitest'
import type { Exchange } from '../exchange.ts'
import { replayRecording } from '../replay/replay.ts'
import { recordShoppers } from './shop-recording.fixture.ts'
import { startSmallShop } from './small-shop.fixture.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('sessions, form tokens, bearer tokens and ids that each arm made up itself are sent to it, and are equal', async () => {
  const exchanges = await recordShoppers((await shop(31)).url, { shoppers: 5, orders: 4 })
  const legacy = await shop(40)
  const service = await shop(700)
  const report = await replayRecording({
    exchanges: iterated(exchanges),
    arms: { legacy: legacy.url, service: service.url },
    writes: 'send',
    concurrency: 4,
  })
  expect(exchanges).toHaveLength(85)
  expect(JSON.stringify(exchanges)).toContain('~tok_')
  expect(report.exchanges).toMatchObject({ read: 85, sent: 85, skipped: {} })
  expect(report.routes[0]?.tally.groups).toEqual([])
  expect(report.routes[0]?.tally).toMatchObject({ compared: 85, matched: 85, mismatched: 0 })
  expect(report.ids).toMatchObject({ dependent: { exchanges: 80, resolved: 80, unresolved: 0 }, conflicts: [] })
  expect([...service.orders.values()].sort()).toEqual([...legacy.orders.values()].sort())
  expect(service.orders.size).toBe(20)
})

async function shop(firstOrder: number) {
  const started = await startSmallShop(firstOrder)
  closers.push(started.close)
  return started
}

async function* iterated(exchanges: readonly Exchange[]): AsyncGenerator<Exchange> {
  yield* exchanges
}
