import { expect, test } from 'vitest'
import { startEdge } from './edge-fixture.ts'
import { plainRoutes } from './limits-fixture.ts'
import { startAnswering } from './upstream.ts'

async function world(top = '') {
  const legacy = await startAnswering((_seen, response) => void response.end('ok'))
  const edge = await startEdge({ legacy: legacy.url, routes: plainRoutes(legacy.url, { top }) })
  return {
    edge,
    said: async (headers: Record<string, string>) => {
      await edge.get('/', { host: 'edge.example', ...headers })
      return legacy.seen.at(-1)?.headers
    },
  }
}

const forged = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  forwarded: 'for=203.0.113.9',
  'x-real-ip': '203.0.113.9',
}

test('by default nobody is believed who the client is', async () => {
  const { said } = await world()
  expect(await said(forged)).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'edge.example',
    forwarded: 'for=127.0.0.1;host="edge.example";proto=http',
  })
  expect(await said(forged)).not.toHaveProperty('x-real-ip')
})

test('a trusted proxy is believed, as far as trusted proxies reach', async () => {
  const { said } = await world('listen: { trusted: [127.0.0.0/8, 10.0.0.0/8, "fd00::/8"] }')
  expect(await said({ ...forged, 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.1:4711, [fd00::1]' })).toMatchObject({
    'x-forwarded-for': '203.0.113.9, 10.0.0.1, fd00::1, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=203.0.113.9, for=10.0.0.1, for="[fd00::1]", for=127.0.0.1;host="evil.example";proto=https',
  })
  expect(await said({ 'x-forwarded-for': 'unknown, 10.0.0.1' })).toMatchObject({
    'x-forwarded-for': '10.0.0.1, 127.0.0.1',
  })
  expect(await said({ 'x-forwarded-proto': 'gopher', 'x-forwarded-host': 'a/b' })).toMatchObject({
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'edge.example',
  })
  const chain = Array.from({ length: 200 }, () => '10.0.0.1').join(', ')
  expect(String((await said({ 'x-forwarded-for': chain }))?.['x-forwarded-for']).split(', ')).toHaveLength(21)
})
