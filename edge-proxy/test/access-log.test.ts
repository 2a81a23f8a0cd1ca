import { expect, test } from 'vitest'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startAnswering, startBytes, startJson } from './upstream.ts'
import { exchangeBytes } from './wire.ts'

const requestsIn = ({ lines }: EdgeUnderTest) => lines.filter(({ msg }) => msg === 'request')

test('each request is one line, with what an operator asks first and nothing that must not be stored', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  const { headers } = await edge.send('POST', '/api/customers/7?secret=canary', {
    headers: { authorization: 'canary', 'content-type': 'text/plain' },
    body: 'canary',
  })
  const [line, ...others] = await eventually(() => requestsIn(edge).length > 0 && requestsIn(edge))
  expect(others).toEqual([])
  expect(line).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    id: headers['x-request-id'],
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    method: 'POST',
    path: '/api/customers/7',
    peer: '127.0.0.1',
    route: 'users.write',
    arm: 'legacy',
    upstream: 'monolith',
    revision: (await edge.status()).revision,
    why: 'serve: owner, which is legacy',
    status: 200,
    tookMs: expect.any(Number),
    url,
    headMs: expect.any(Number),
    connectMs: expect.any(Number),
    msg: 'request',
  })
})

test('what a client puts into a path or a request id stays within its field', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  await edge.get(`/${encodeURIComponent('"},{"level":60,"x":"')}'"`, { 'x-request-id': 'a"b,c:d' })
  await edge.get(`/long/${'x'.repeat(5000)}`)
  const lines = await eventually(() => requestsIn(edge).length === 2 && requestsIn(edge))
  for (const line of lines) expect(line).toMatchObject({ level: 30, status: 200 })
  expect(String(lines[1]?.path)).toHaveLength(2048 + 3)
})

test('a sampled log says of what share its lines are, and has every failure', async () => {
  const upstream = await startAnswering(({ target }, response) => {
    response.statusCode = target === '/broken' ? 500 : 200
    response.end()
  })
  const dice = [0.2, 0.05, 0.9]
  let turn = 0
  const routes = routesOf({ legacy: upstream.url }).replace('version: 1', 'version: 1\naccess-log: { share: 10% }')
  const edge = await startEdge({
    legacy: upstream.url,
    routes,
    // The dice of the access log are thrown when a request has ended, after those of its shadow.
    options: { dice: () => dice[Math.floor(turn++ / 2) % 3] ?? 0 },
  })
  for (const path of ['/a', '/b', '/c']) await edge.get(path)
  await edge.get('/broken')
  await upstream.stop()
  await edge.get('/gone')
  const lines = await eventually(() => requestsIn(edge).length >= 3 && requestsIn(edge))
  expect(lines.map(({ path, status, sample }) => [path, status, sample])).toEqual([
    ['/b', 200, '10%'],
    ['/broken', 500, undefined],
    ['/gone', 502, undefined],
  ])
})

test('a failure is logged with its kind and its cause, a cut answer with who cut it, a refusal with its code', async () => {
  const cutting = await startBytes((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
  })
  const edge = await startEdge({
    legacy: cutting.url,
    service: `http://127.0.0.1:${await freePort()}`,
    serve: 'service',
  })
  await edge.get('/cut').catch(() => undefined)
  await edge.get('/api/customers/7')
  await edge.get('/a%5cb?token=canary')
  const lines = await eventually(() => requestsIn(edge).length === 3 && requestsIn(edge))
  expect(lines).toMatchObject([
    { path: '/cut', status: 200, cutBy: 'upstream', detail: expect.stringMatching(/./) },
    { status: 502, fault: 'upstream-unreachable', detail: expect.stringContaining('ECONNREFUSED') },
    { status: 400, refused: 'path-refused', method: 'GET', path: '/a%5cb', peer: '127.0.0.1' },
  ])
  expect(JSON.stringify(lines)).not.toContain('canary')
})

test('bytes that are no request are a line as well, with who sent them and the id that their answer names', async () => {
  const { url } = await startJson({ ok: true })
  const edge = await startEdge({ legacy: url })
  const answer = await exchangeBytes(edge.address, 'GET / HTTP/9.9\r\n\r\n')
  const [line] = await eventually(() => requestsIn(edge).length === 1 && requestsIn(edge))
  expect(line).toMatchObject({ status: 400, refused: 'request-invalid', peer: '127.0.0.1' })
  expect(answer).toContain(`X-Request-Id: ${line?.id}`)
})

test('behind a trusted proxy a refusal names it, and the client', async () => {
  const { url } = await startJson({ ok: true })
  const trusted = 'version: 1\nlisten: { trusted: [127.0.0.1] }'
  const rated = 'upstream: monolith\n    rate: { requests: 1, per: 1h }'
  const routes = routesOf({ legacy: url }).replace('version: 1', trusted).replace('upstream: monolith', rated)
  const edge = await startEdge({ legacy: url, routes })
  for (let i = 0; i < 2; i++) await edge.get('/', { 'x-forwarded-for': '203.0.113.9' })
  const lines = await eventually(() => requestsIn(edge).length === 2 && requestsIn(edge))
  expect(lines[1]).toMatchObject({ refused: 'rate-limited', peer: '127.0.0.1', client: '203.0.113.9' })
})

test('lines that their destination does not take are counted, and no request knows', async () => {
  const { url } = await startJson({ ok: true })
  let full = false
  const log = {
    write: () => {
      if (full) throw new Error('ENOSPC')
    },
    lost: () => 5,
  }
  const edge = await startEdge({ legacy: url, options: { log } })
  full = true
  expect(await edge.get('/')).toMatchObject({ status: 200 })
  await eventually(async () => (await edge.admin('GET', '/metrics')).body.includes('banyan_log_lines_lost 6'))
  expect(await edge.status()).toMatchObject({ logLinesLost: 6 })
  full = false
})

test('a name and a password in a target are refused, and neither logged nor shown', async () => {
  const edge = await startEdge({ legacy: `http://127.0.0.1:${await freePort()}` })
  for (const head of [
    'GET http://ann:canary@a/x HTTP/1.1\r\nHost: a',
    'GET http://ann:canary@a/x HTTP/1.1\r\nHost: ann:canary@a',
    'CONNECT ann:canary@a:443 HTTP/1.1\r\nHost: a',
  ])
    expect(await exchangeBytes(edge.address, `${head}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[05] /)
  const lines = await eventually(() => requestsIn(edge).length === 3 && requestsIn(edge))
  expect(lines.map(({ path }) => path)).toEqual(['http://a/x', 'http://a/x', 'a:443'])
  const shown = await Promise.all(lines.map(async ({ id }) => (await edge.admin('POST', '/why', { id })).body))
  expect(JSON.stringify([edge.lines, shown])).not.toContain('canary')
})
