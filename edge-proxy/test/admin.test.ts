import { expect, test } from 'vitest'
import { ask, startEdge } from './edge-fixture.ts'
import { startJson } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

async function edgeWithTraffic() {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url })
  await edge.get('/api/customers/1')
  await edge.get('/shop')
  return edge
}

test('every call but health and readiness needs the token', async () => {
  const edge = await edgeWithTraffic()
  const bare = (path: string, authorization?: string, method = 'GET') =>
    ask(edge.adminAddress + path, {
      method,
      headers: authorization === undefined ? {} : { authorization },
      body: undefined,
    })
  for (const path of ['/healthz', '/readyz']) expect(await bare(path)).toMatchObject({ status: 200 })
  for (const path of ['/status', '/metrics', '/tally', '/nothing', `/status?token=${edge.token}`]) {
    expect(await bare(path)).toMatchObject({ status: 401 })
  }
  expect(await bare('/reload', undefined, 'POST')).toMatchObject({ status: 401 })
  for (const wrong of [`Bearer ${edge.token}x`, 'Bearer ', `Basic ${edge.token}`, edge.token]) {
    expect(await bare('/status', wrong)).toMatchObject({ status: 401 })
  }
  expect(await bare('/status', `Bearer ${edge.token}`)).toMatchObject({ status: 200 })
})

test('a name that was made to point here, and a page of another site, are refused even with the token', async () => {
  const edge = await edgeWithTraffic()
  const { port } = new URL(edge.adminAddress)
  for (const host of [`evil.example:${port}`, 'evil.example', '127.0.0.1.evil.example']) {
    expect(await edge.admin('GET', '/status', undefined, { host })).toMatchObject({ status: 403 })
    expect(await edge.admin('GET', '/healthz', undefined, { host })).toMatchObject({ status: 403 })
  }
  for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${Number(port) + 1}`]) {
    expect(await edge.admin('POST', '/reload', {}, { origin })).toMatchObject({ status: 403 })
  }
  expect(await edge.admin('POST', '/reload', {}, { origin: edge.adminAddress })).toMatchObject({ status: 200 })
  expect(await edge.admin('GET', '/status', undefined, { host: `localhost:${port}` })).toMatchObject({ status: 200 })
})

test('changes are POSTs of bounded JSON', async () => {
  const edge = await edgeWithTraffic()
  expect(await edge.admin('GET', '/reload')).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  expect(await edge.admin('POST', '/status')).toMatchObject({ status: 405 })
  expect(await edge.admin('GET', '/nothing')).toMatchObject({ status: 404 })
  expect(await edge.admin('POST', '/reload', {}, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  expect(await edge.admin('POST', '/reload', { revision: 'x'.repeat(70_000) })).toMatchObject({ status: 413 })
  expect(await edge.admin('POST', '/reload', { revision: 'no' })).toMatchObject({ status: 400 })
  expect(await edge.admin('POST', '/reload', [])).toMatchObject({ status: 400 })
  expect(await edge.admin('POST', '/applied', { capability: 'uesrs' })).toMatchObject({
    status: 400,
    body: /Did you mean/,
  })
  expect(await edge.admin('POST', '/applied', { capability: 'users', through: 9e15 })).toMatchObject({ status: 400 })
  expect(await exchangeBytes(edge.adminAddress, 'garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/)
})

test('status and metrics count the same requests, per route and arm', async () => {
  const edge = await edgeWithTraffic()
  const status = await edge.status()
  expect(status).toMatchObject({ formatVersion: 1, draining: false, refused: [], listen: edge.address })
  const [read, , everything] = status.routes
  expect(read).toMatchObject({
    route: 'users.read',
    serve: 'legacy',
    arms: [{ arm: 'legacy', requests: 1, errors: 0 }],
  })
  expect(everything).toMatchObject({ serve: '-> monolith', arms: [{ arm: 'monolith', requests: 1 }] })
  expect(read?.arms[0]?.latency.counts.reduce((sum, count) => sum + count)).toBe(1)
  const metrics = (await edge.admin('GET', '/metrics')).body
  expect(metrics).toContain('banyan_requests_total{route="users.read",arm="legacy",status="2xx"} 1')
  expect(metrics).toContain('banyan_request_duration_seconds_count{route="everything-else",arm="monolith"} 1')
})
