import { request as httpRequest } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { TapLine, TapRequest, WhyAnswer } from '../src/admin/admin-api.ts'
import { maxCopyBytes } from '../src/passage/body-copy.ts'
import { type EdgeUnderTest, routesOf, startEdge } from './edge-fixture.ts'
import { eventually } from './eventually.ts'
import { freePort, startAnswering, startHanging, startJson, startUpstream } from './upstream.ts'

/** A tap on a running edge, with the lines that came so far. */
async function openTap(edge: EdgeUnderTest, wanted: TapRequest = {}) {
  const lines: TapLine[] = []
  let rest = ''
  const call = httpRequest(`${edge.adminAddress}/tap`, {
    method: 'POST',
    headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    agent: false,
  })
  onTestFinished(() => void call.destroy())
  call.on('error', () => undefined)
  let whole = false
  const status = await new Promise<number>((resolve) => {
    call.once('response', (response) => {
      response.setEncoding('utf8')
      response.on('end', () => {
        whole = true
      })
      response.on('error', () => undefined)
      response.on('data', (text: string) => {
        const parts = (rest + text).split('\n')
        rest = parts.pop() ?? ''
        for (const part of parts) if (part.startsWith('{"event"')) lines.push(JSON.parse(part))
      })
      resolve(response.statusCode ?? 0)
    })
    call.end(JSON.stringify(wanted))
  })
  return { lines, status, isWhole: () => whole, close: () => void call.destroy() }
}

async function why(edge: EdgeUnderTest, id: string): Promise<WhyAnswer> {
  const answer = await edge.admin('POST', '/why', { id })
  expect(answer.status).toBe(200)
  return JSON.parse(answer.body)
}

async function world(options: { shadow?: string; serve?: string } = {}) {
  const legacy = await startJson({ name: 'Ann', since: 2019 })
  const service = await startJson({ name: 'Ann', since: 2020 })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, ...options })
  return { edge, legacy, service }
}

test('a request of a moment ago is remembered with its route, why, arm, revision, times and address', async () => {
  const { edge, legacy } = await world()
  const { headers } = await edge.get('/api/customers/7?name=Ann', { 'x-api-key': 'ann' })
  const { requests } = await why(edge, String(headers['x-request-id']))
  expect(requests).toMatchObject([
    {
      kind: 'served',
      method: 'GET',
      target: '/api/customers/7?name=Ann',
      client: '127.0.0.1',
      route: 'users.read',
      capability: 'users',
      match: 'GET, HEAD /api/customers/:id',
      place: 'routes.yaml:10',
      revision: (await edge.status()).revision,
      caller: { by: 'header', bucket: expect.any(Number) },
      arm: 'legacy',
      why: 'serve: legacy',
      upstream: 'monolith',
      url: legacy.url,
      status: 200,
      outcome: 'answered',
      timings: { headMs: expect.any(Number), totalMs: expect.any(Number) },
      attempts: 1,
    },
  ])
})

test('the verdict on both answers is added when the shadow has been compared, with the paths that differ', async () => {
  const { edge } = await world({ shadow: '100%' })
  const { headers } = await edge.get('/api/customers/7')
  const id = String(headers['x-request-id'])
  const shadow = await eventually(async () => {
    const [request] = (await why(edge, id)).requests
    return request?.kind === 'served' && request.shadow?.verdict === 'mismatch' && request.shadow
  })
  expect(shadow).toMatchObject({ arm: 'service', differences: ['$.since  legacy 2019  service 2020  (+1)'] })
})

test('neither what is asked for by a secret query nor a header or body is remembered or shown', async () => {
  const { edge } = await world({ shadow: '100%' })
  const tap = await openTap(edge)
  const canary = 'canary-0123456789abcdef'
  const { headers } = await edge.send('GET', `/api/customers/7?access_token=${canary}&password=${canary}`, {
    headers: { authorization: `Bearer ${canary}`, cookie: `SHOPSESSID=${canary}`, 'x-api-key': canary },
  })
  await edge.send('POST', '/api/customers/7', { body: canary, headers: { 'content-type': 'text/plain' } })
  await eventually(() => tap.lines.filter(({ event }) => event === 'verdict').length > 0 && tap.lines.length >= 3)
  const seen = await why(edge, String(headers['x-request-id']))
  expect(seen.requests).toHaveLength(1)
  expect(JSON.stringify([seen, tap.lines, edge.lines])).not.toContain(canary)
  expect((await edge.admin('GET', '/metrics')).body).not.toContain(canary)
})

test('a request that was refused, failed or had no upstream is remembered with the reason', async () => {
  const gone = `http://127.0.0.1:${await freePort()}`
  const edge = await startEdge({ legacy: gone })
  const failed = await edge.get('/api/customers/7')
  expect((await why(edge, String(failed.headers['x-request-id']))).requests).toMatchObject([
    { status: 502, outcome: 'fault', fault: 'upstream-unreachable', detail: expect.stringContaining('ECONNREFUSED') },
  ])
  const refused = await edge.get('/a%5cb')
  expect((await why(edge, String(refused.headers['x-request-id']))).requests).toMatchObject([
    { kind: 'refused', status: 400, code: 'path-refused' },
  ])
  expect(await why(edge, 'nobody-sent-this')).toMatchObject({ requests: [], memory: { remembered: 2, leftOut: 0 } })
})

test('an id that clients send twice has two requests, the newest first', async () => {
  const { edge } = await world()
  await edge.get('/first', { 'x-request-id': 'same-same' })
  await edge.get('/second', { 'x-request-id': 'same-same' })
  const { requests } = await why(edge, 'same-same')
  expect(requests.map((each) => each.target)).toEqual(['/second', '/first'])
})

test('a tap shows each request as it ends, then the verdict, and only the routes asked for', async () => {
  const { edge } = await world({ shadow: '100%' })
  const tap = await openTap(edge, { routes: ['users.read'] })
  await edge.get('/shop')
  const { headers } = await edge.get('/api/customers/7')
  await eventually(() => tap.lines.length === 2)
  const id = headers['x-request-id']
  expect(tap.lines).toMatchObject([
    { event: 'request', request: { id, route: 'users.read', shadow: { verdict: 'waiting' } } },
    { event: 'verdict', request: { id, shadow: { verdict: 'mismatch' } } },
  ])
})

test('a tap for errors shows what failed and what mismatched, and nothing else', async () => {
  const legacy = await startAnswering(({ target }, response) => {
    response.statusCode = target === '/broken' ? 500 : 200
    response.setHeader('content-type', 'application/json')
    response.end('{"a":1}')
  })
  const service = await startJson({ a: 2 })
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  const tap = await openTap(edge, { errors: true })
  await edge.get('/well')
  await edge.get('/broken')
  await edge.get('/api/customers/7')
  await eventually(() => tap.lines.length >= 2)
  expect(tap.lines.map((line) => line.event !== 'left-out' && [line.event, line.request.target])).toEqual([
    ['request', '/broken'],
    ['verdict', '/api/customers/7'],
  ])
})

test('law 9: more than a tap asks for is left out and counted, and a tap that goes is forgotten', async () => {
  const { edge } = await world()
  const tap = await openTap(edge, { perSecond: 5 })
  for (let n = 0; n < 40; n++) await edge.get('/shop')
  const left = await eventually(() => tap.lines.find((line) => line.event === 'left-out'))
  expect(left).toMatchObject({ sampled: expect.any(Number), unread: 0 })
  const shown = tap.lines.filter(({ event }) => event === 'request').length
  expect(shown).toBeLessThan(40)
  tap.close()
  await eventually(async () => (await edge.admin('GET', '/metrics')).body.includes('banyan_taps 0'))
})

test('law 9: there are at most sixteen taps, and what is no tap request is refused with the reason', async () => {
  const { edge } = await world()
  for (let n = 0; n < 16; n++) expect((await openTap(edge)).status).toBe(200)
  expect((await openTap(edge)).status).toBe(409)
  expect(await edge.admin('POST', '/tap', { routes: ['users.raed'] })).toMatchObject({
    status: 400,
    body: /Did you mean/,
  })
  expect(await edge.admin('POST', '/tap', { perSecond: 0 })).toMatchObject({ status: 400 })
  expect(await edge.admin('POST', '/why', {})).toMatchObject({ status: 400 })
})

test('a shadow that finds no room is said to be left out', async () => {
  const legacy = await startJson({ ok: true })
  const service = await startHanging()
  const edge = await startEdge({ legacy: legacy.url, service: service.url, shadow: '100%' })
  for (let n = 0; n < 10; n++) await Promise.all(Array.from({ length: 32 }, () => edge.get('/api/customers/7')))
  const shadow = await eventually(async () => {
    const { headers } = await edge.get('/api/customers/7')
    const [request] = (await why(edge, String(headers['x-request-id']))).requests
    return request?.kind === 'served' && request.shadow?.verdict === 'left-out' && request.shadow
  })
  expect(shadow).toMatchObject({
    arm: 'service',
    why: expect.stringMatching(/^the (shadow was full|edge was busy)/),
  })
})

test('a fallback is told as what failed: who answered, why, and that nothing was compared', async () => {
  const legacy = await startJson({ ok: true })
  const service = `http://127.0.0.1:${await freePort()}`
  const table = routesOf({ legacy: legacy.url, service, serve: 'service', shadow: '100%' })
  const routes = table
    .replace('version: 1', 'version: 1\nexpose: true')
    .replace('    shadow: 100%', '    shadow: 100%\n    fallback: legacy')
  const edge = await startEdge({ legacy: legacy.url, routes })
  const tap = await openTap(edge, { errors: true })
  const { status, headers } = await edge.get('/api/customers/7')
  expect(status).toBe(200)
  expect(headers['x-served-by']).toMatch(/^legacy;route="users.read";revision="\w+";fallback="upstream-unreachable"$/)
  const fallback = { arm: 'legacy', because: 'upstream-unreachable' }
  const first = await eventually(() => tap.lines[0])
  expect(first).toMatchObject({
    event: 'request',
    request: { arm: 'service', upstream: 'monolith', url: legacy.url, fallback },
  })
  const { requests } = await why(edge, String(headers['x-request-id']))
  expect(requests).toMatchObject([{ shadow: { verdict: 'not-comparable', why: 'service-failed' } }])
})

test('a WebSocket is shown when it opens', async () => {
  const upstream = await startUpstream((_request, response) => void response.end())
  const sockets = new WebSocketServer({ server: upstream.server })
  onTestFinished(() => void sockets.close())
  const edge = await startEdge({ legacy: upstream.url })
  const tap = await openTap(edge)
  const socket = new WebSocket(`${edge.address.replace('http', 'ws')}/chat`)
  onTestFinished(() => socket.terminate())
  await eventually(() => tap.lines.length === 1)
  expect(tap.lines).toMatchObject([{ event: 'request', request: { target: '/chat', status: 101, arm: 'monolith' } }])
})

test('an edge that closes ends its taps, whole', async () => {
  const legacy = await startJson({ ok: true })
  const edge = await startEdge({ legacy: legacy.url, routes: routesOf({ legacy: legacy.url }) })
  const tap = await openTap(edge)
  expect(tap.status).toBe(200)
  await edge.edge.close()
  await eventually(tap.isWhole)
})

test('a shadow whose body is too large to compare is left out, and nobody waits for its verdict', async () => {
  const legacy = await startUpstream((_request, response) => void response.end(Buffer.alloc(maxCopyBytes + 1)))
  const edge = await startEdge({ legacy: legacy.url, shadow: '100%' })
  const { headers } = await edge.get('/api/customers/7')
  const shadow = await eventually(async () => {
    const [one] = (await why(edge, String(headers['x-request-id']))).requests
    return one?.kind === 'served' && one.shadow?.verdict !== 'waiting' && one.shadow
  })
  expect(shadow).toMatchObject({ verdict: 'left-out', why: expect.stringContaining('larger') })
})

test('a WebSocket on a route with a shadow waits for no verdict: what passes in it is not compared', async () => {
  const upstream = await startUpstream((_request, response) => void response.end())
  new WebSocketServer({ server: upstream.server })
  const edge = await startEdge({ legacy: upstream.url, shadow: '100%' })
  const tap = await openTap(edge)
  const socket = new WebSocket(`${edge.address.replace('http', 'ws')}/api/customers/7`)
  onTestFinished(() => socket.terminate())
  await eventually(() => tap.lines.length === 1)
  expect(tap.lines).toMatchObject([{ event: 'request', request: { route: 'users.read', status: 101 } }])
  expect(tap.lines[0]).not.toHaveProperty('request.shadow')
})
