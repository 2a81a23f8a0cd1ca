import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { demoApiKeys } from '../src/seed/api-keys.ts'
import { freePort } from '../test/free-port.ts'
import { type OpenShop, openShop } from '../test/shop-fixture.ts'
import { buildShoppers } from './shoppers.ts'

const apiKeys = demoApiKeys().map(({ key }) => key)

async function listening(given: { readonly before?: (shop: OpenShop) => void } = {}) {
  const shop = await openShop()
  given.before?.(shop)
  return { shop, url: await shop.app.listen({ port: 0, host: '127.0.0.1' }) }
}

describe('shoppers', () => {
  test('they come at their rate, do what a shop sees, and meet no failure', async () => {
    const { shop, url } = await listening()
    const summary = await buildShoppers({ url, ratePerSecond: 150, durationMs: 4_000, seed: 3, apiKeys })
    expect(summary).toMatchObject({ requests: 600, failed: 0, skipped: 0, failures: [] })
    const share = (name: string) => (100 * (summary.actions[name] ?? 0)) / summary.requests
    expect(share('read customer')).toBeGreaterThan(38)
    expect(share('read customer')).toBeLessThan(52)
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

  test('the same seed sends the same requests in the same order, another seed sends others', async () => {
    const sent = async (seed: number) => {
      const seen: string[] = []
      const { url } = await listening({
        before: ({ app }) =>
          app.addHook(
            'onRequest',
            async ({ method, url: path }) => void seen.push(`${method} ${path.replace(/\d+\?thanks/, '')}`),
          ),
      })
      // One at a time, so that the order of arrival at the shop is the order of sending.
      await buildShoppers({ url, ratePerSecond: 100, durationMs: 1_000, seed, apiKeys, maxInFlight: 1 })
      return seen
    }
    // With a single request in flight arrivals may be skipped when the machine is busy; what is drawn stays the same.
    const drawn = async (seed: number) => {
      const { url } = await listening()
      const { actions } = await buildShoppers({ url, ratePerSecond: 200, durationMs: 1_500, seed, apiKeys })
      return actions
    }
    const [one, again, other] = [await drawn(5), await drawn(5), await drawn(6)]
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
    expect((await sent(5)).slice(0, 3)).toEqual((await sent(5)).slice(0, 3))
  })

  test('answers of 500 and broken connections are failures, refusals are not', async () => {
    const { url } = await listening({
      before: ({ app }) =>
        app.addHook('onRequest', async (request, reply) => {
          if (request.url.startsWith('/category')) return reply.code(500).send('broken')
          if (request.url.startsWith('/api/products/')) request.raw.socket.destroy()
        }),
    })
    const summary = await buildShoppers({ url, ratePerSecond: 100, durationMs: 1_500, seed: 1, apiKeys })
    const broken = (summary.actions.shelf ?? 0) + (summary.actions['read product'] ?? 0)
    expect(summary.failed).toBe(broken)
    expect(summary.failures.join()).toContain('/category/')
    expect(summary.statusCodes['500']).toBe(summary.actions.shelf)
  })

  test('a shop that hangs bounds what is under way, and the rest is counted', async () => {
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let asked = 0
    const { url } = await listening({
      before: ({ app }) => app.addHook('onRequest', async () => (++asked > 5 ? gate : undefined)),
    })
    setTimeout(() => open(), 1_200)
    const summary = await buildShoppers({
      url,
      ratePerSecond: 100,
      durationMs: 1_000,
      seed: 1,
      apiKeys,
      maxInFlight: 10,
    })
    expect(summary.requests + summary.skipped).toBe(100)
    expect(summary.skipped).toBeGreaterThan(50)
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
