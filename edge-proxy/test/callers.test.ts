import { bucketOf } from '@banyan/toolkit/routing'
import { expect, test } from 'vitest'
import { type EdgeUnderTest, startEdge } from './edge-fixture.ts'
import { startAnswering, startJson } from './upstream.ts'

async function halfAndHalf(): Promise<EdgeUnderTest> {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  return startEdge({ legacy: legacy.url, service: service.url, serve: '50%' })
}

const armOf = (got: { body: string }) => JSON.parse(got.body).arm as string
const edgeCookieOf = (got: { headers: Record<string, string | string[] | undefined> }) =>
  [got.headers['set-cookie'] ?? []].flat().find((cookie) => cookie.startsWith('banyan-caller='))

test('logging in never changes the arm: the edge cookie carries the id that the session gave', async () => {
  const edge = await halfAndHalf()
  const arms = new Set<string>()
  for (let n = 0; n < 20; n++) {
    const before = await edge.get('/api/customers/7', { cookie: `SHOPSESSID=before-${n}` })
    const cookie = edgeCookieOf(before)
    expect(cookie).toMatch(/^banyan-caller=[\w-]{22}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
    const pair = cookie?.split(';')[0] ?? ''
    // After log-in: a new session id, and even none.
    for (const cookies of [`SHOPSESSID=after-${n}; ${pair}`, `${pair}; SHOPSESSID=again-${n}`, pair]) {
      const after = await edge.get('/api/customers/7', { cookie: cookies })
      expect(armOf(after)).toBe(armOf(before))
      expect(edgeCookieOf(after)).toBeUndefined()
    }
    expect(armOf(await edge.get('/api/customers/8', { cookie: `SHOPSESSID=before-${n}` }))).toBe(armOf(before))
    arms.add(armOf(before))
  }
  expect(arms).toEqual(new Set(['legacy', 'service']))
})

test('an API client is told apart by its key, sticks to its arm, and never gets a cookie', async () => {
  const edge = await halfAndHalf()
  const arms = new Set<string>()
  for (let n = 0; n < 20; n++) {
    const got = await edge.get('/api/customers/7', { 'x-api-key': `key-${n}` })
    expect(edgeCookieOf(got)).toBeUndefined()
    expect(armOf(await edge.get('/api/customers/1', { 'x-api-key': `key-${n}`, cookie: 'SHOPSESSID=any' }))).toBe(
      armOf(got),
    )
    arms.add(armOf(got))
  }
  expect(arms).toEqual(new Set(['legacy', 'service']))
})

test('who cannot be told apart is served by legacy and gets a cookie that tells the next time', async () => {
  const edge = await halfAndHalf()
  for (let n = 0; n < 10; n++) {
    const first = await edge.get('/api/customers/7')
    expect(armOf(first)).toBe('legacy')
    const pair = edgeCookieOf(first)?.split(';')[0] ?? ''
    const bucket = bucketOf('users', pair.slice('banyan-caller='.length))
    expect(armOf(await edge.get('/api/customers/7', { cookie: pair }))).toBe(bucket < 5000 ? 'service' : 'legacy')
  }
})

test('no cookie where nobody is told apart, none into a shared cache, and a forged one counts as none', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const plain = await startEdge({ legacy: legacy.url })
  expect(edgeCookieOf(await plain.get('/api/customers/7', { cookie: 'SHOPSESSID=1' }))).toBeUndefined()
  const edge = await halfAndHalf()
  expect(edgeCookieOf(await edge.get('/shop'))).toBeUndefined()
  expect(edgeCookieOf(await edge.get('/api/customers/7', { cookie: 'banyan-caller=<forged>' }))).toBeDefined()
  const cached = await startAnswering(
    (_seen, response) => void response.setHeader('cache-control', 'public, max-age=60').end('{}'),
  )
  const behindCache = await startEdge({ legacy: cached.url, serve: '50%' })
  expect(edgeCookieOf(await behindCache.get('/api/customers/7'))).toBeUndefined()
})

test('upstreams never see the cookie of the edge', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const edge = await startEdge({ legacy: legacy.url, serve: '1%' })
  const own = 'banyan-caller=AAAAAAAAAAAAAAAAAAAAAA'
  await edge.get('/a', { cookie: `x=1; ${own}; y=2` })
  await edge.get('/a', { cookie: own })
  expect(legacy.seen.map(({ headers }) => headers.cookie)).toEqual(['x=1; y=2', undefined])
})

test('a caller who has just written reads from the owner for a few seconds, and others do not', async () => {
  const legacy = await startJson({ arm: 'legacy' })
  const service = await startJson({ arm: 'service' })
  let now = 1_000
  const clock = { now: () => now, monotonic: () => now, sleep: async () => undefined }
  const edge = await startEdge({ legacy: legacy.url, service: service.url, serve: 'service', options: { clock } })
  const mine = { 'x-api-key': 'mine' }
  expect(armOf(await edge.get('/api/customers/7', mine))).toBe('service')
  await edge.send('PUT', '/api/customers/7', { headers: mine, body: '{}' })
  expect(armOf(await edge.get('/api/customers/7', mine))).toBe('legacy')
  expect(armOf(await edge.get('/api/customers/7', { 'x-api-key': 'yours' }))).toBe('service')
  now += 5_001
  expect(armOf(await edge.get('/api/customers/7', mine))).toBe('service')
})
