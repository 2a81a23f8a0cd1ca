import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { demoApiKeys } from '../src/seed/api-keys.ts'
import { freePort } from '../test/free-port.ts'
import { type OpenShop, openShop } from '../test/shop-fixture.ts'
import { buildShoppers } from './shoppers.ts'

const apiKeys = demoApiKeys().map(({ key }) => key)

async function listening(): Promise<{ readonly shop: OpenShop; readonly url: string }> {
  const shop = await openShop()
  return { shop, url: await shop.app.listen({ port: 0, host: '127.0.0.1' }) }
}

describe('shoppers', () => {
  test('they come at their rate, do what a shop sees, and meet no failure', async () => {
    const { shop, url } = await listening()
    const summary = await buildShoppers({ url, ratePerSecond: 60, durationMs: 4_000, seed: 3, apiKeys })
    expect(summary).toMatchObject({ requests: 240, failed: 0, skipped: 0, failures: [] })
    const share = (name: string) => (100 * (summary.actions[name] ?? 0)) / summary.requests
    expect(share('read customer')).toBeGreaterThan(35)
    expect(share('read customer')).toBeLessThan(55)
    expect(Object.keys(summary.actions)).toEqual(
      expect.arrayContaining(['log in', 'check out', 'change customer', 'open account', 'search']),
    )
    expect((100 * (summary.statusCodes['404'] ?? 0)) / summary.requests).toBeLessThanOrEqual(5)
    expect(summary.p99Ms).toBeGreaterThanOrEqual(summary.p50Ms)
    const orders = await shop.shop
      .db('ord_hdr')
      .where({ src_cd: 'WEB' })
      .where('ord_id', '>', 200)
      .count('* as n')
      .first()
    expect(Number(orders?.n)).toBeGreaterThan(0)
  })

  test('answers of 500 and broken connections are failures, refusals are not', async () => {
    const { shop, url } = await listening()
    await shop.shop.db.raw('DROP TABLE inv_mv')
    shop.app.server.prependListener('request', ({ url: path, socket }) => {
      if (path?.startsWith('/api/products/')) socket.destroy()
    })
    const summary = await buildShoppers({ url, ratePerSecond: 60, durationMs: 2_000, seed: 1, apiKeys })
    expect(summary.actions['read product']).toBeGreaterThan(0)
    expect(summary.statusCodes['500']).toBeGreaterThan(0)
    expect(summary.failed).toBe((summary.actions['read product'] ?? 0) + (summary.statusCodes['500'] ?? 0))
    expect(summary.failures.join()).toMatch(/POST \/\S+ answered 500/)
  })

  test('a shop that hangs bounds what is under way, and the rest is counted', async () => {
    const { shop, url } = await listening()
    let asked = 0
    shop.app.server.prependListener('request', async () => {
      if (++asked !== 5) return
      // SQLite has one connection: who holds it stops the whole shop.
      const held = await shop.shop.db.transaction()
      setTimeout(() => held.rollback(), 1_000)
    })
    const summary = await buildShoppers({ url, ratePerSecond: 100, durationMs: 800, seed: 1, apiKeys, maxInFlight: 10 })
    expect(summary.requests + summary.skipped).toBe(80)
    expect(summary.skipped).toBeGreaterThan(40)
    expect(summary.failed).toBe(0)
  })

  test('a signal ends them, and what was under way is still answered', async () => {
    const { url } = await listening()
    const stop = new AbortController()
    const progress: number[] = []
    const running = buildShoppers({
      url,
      ratePerSecond: 50,
      apiKeys,
      signal: stop.signal,
      onProgress: ({ requests }) => {
        progress.push(requests)
        stop.abort()
      },
    })
    const summary = await running
    expect(progress).toHaveLength(1)
    expect(summary).toMatchObject({ failed: 0 })
    expect(summary.requests).toBeGreaterThan(30)
  })

  test('no shop, or a key that opens nothing, is said at once', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    await expect(buildShoppers({ url, ratePerSecond: 10, durationMs: 100, apiKeys })).rejects.toThrow(/ECONNREFUSED/)
    const { shop } = await listening()
    const { port } = shop.app.server.address() as AddressInfo
    const wrong = { url: `http://127.0.0.1:${port}`, ratePerSecond: 10, durationMs: 100, apiKeys: ['wrong'] }
    await expect(buildShoppers(wrong)).rejects.toThrow('answered 401')
  })
})
