import { expect, test } from 'vitest'
import { routesOf, startEdge } from './edge-fixture.ts'
import { startJson } from './upstream.ts'

test('an answer tells its arm, route, revision and times where the route table says expose: true', async () => {
  const { url } = await startJson({ ok: true })
  const routes = `${routesOf({ legacy: url }).replace('version: 1', 'version: 1\nexpose: true')}    expose: false\n`
  const edge = await startEdge({ legacy: url, routes })
  const { revision } = await edge.status()
  const { headers } = await edge.get('/api/customers/7')
  expect(headers['x-served-by']).toBe(`legacy;route="users.read";revision="${revision}"`)
  expect(headers['server-timing']).toMatch(/^edge;dur=\d+(\.\d)?, legacy;dur=\d+(\.\d)?/)
  const plain = await edge.get('/shop')
  expect([plain.headers['x-served-by'], plain.headers['server-timing']]).toEqual([undefined, undefined])
})

test('nobody learns of arms where the route table does not say so', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  const { headers } = await edge.get('/api/customers/7')
  expect([headers['x-served-by'], headers['server-timing']]).toEqual([undefined, undefined])
})
